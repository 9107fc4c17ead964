/** Manifests with false statements about slices and matching digests. */
import { beforeEach, expect, it } from 'vitest'
import { canonicalJson } from '../../shared/format/canonical-json.ts'
import { contentDigest } from '../../shared/rows/blocks/digest.ts'
import { sumRowsDigests } from '../../shared/rows/blocks/rows-digest.ts'
import {
  addUp,
  type LooseFile,
  type LooseManifest,
  type LoosePart,
  makeFit,
  manifestNames,
  overwrite,
  readManifest,
} from '../../soak/corruptions/self-consistent.ts'
import { type SlicedMonth, slicedMonth } from '../../testing/simulation/sliced-month.ts'

let month: SlicedMonth

beforeEach(async () => {
  month = slicedMonth()
  const days = ['2017-04-01,1,a', '2017-04-01,2,b', '2017-04-02,3,c', '2017-04-03,4,d', ',5,none']
  await month.seal(days)
})

function lie(change: (manifest: LooseManifest, part: LoosePart) => void): void {
  const { snapshots, view } = month.storage.stored
  const [name = ''] = manifestNames(snapshots)
  const manifest = readManifest(snapshots, name)
  change(manifest, manifest.parts[0] as LoosePart)
  addUp(manifest)
  overwrite(snapshots, name, canonicalJson(manifest))
  makeFit({ snapshots, view })
}

/** Files of a slice, JSON, CSV, index. */
const ofSlice = ({ files }: LoosePart, key: string): LooseFile[] =>
  files.filter(({ slice }) => slice === key)

/** Recomputes the digests of the part from its files. */
function addUpPart(part: LoosePart): void {
  const json = part.files.filter(({ format }) => format === 'json')
  part.rowsDigest = sumRowsDigests(json.flatMap(({ rowsDigest }) => rowsDigest ?? []))
  const { snapshots } = month.storage.stored
  const indexes = part.files.filter(({ format }) => format === 'index')
  const blocks = indexes.flatMap(({ path }) => {
    const index = JSON.parse(snapshots.get(path)?.bytes.toString() ?? '{}') as {
      blocks: { sha256: string }[]
    }
    return index.blocks.map(({ sha256 }) => sha256)
  })
  part.contentSha256 = contentDigest(blocks)
}

/** The file under the name that a writer of that slice would have used. */
function moveTo(file: LooseFile, key: string): void {
  const { snapshots } = month.storage.stored
  const path = file.path.replace(`/${file.slice}-`, `/${key}-`)
  const blob = snapshots.get(file.path)
  if (blob !== undefined) snapshots.set(path, blob)
  snapshots.delete(file.path)
  Object.assign(file, { path, slice: key })
}

it('verify finds nothing in what the program wrote', async () => {
  lie((_manifest, part) => addUpPart(part))
  expect(await month.faults()).toEqual([])
})

it.each<[string, (part: LoosePart, manifest: LooseManifest) => void, RegExp]>([
  [
    'slices in another order',
    (part) => {
      part.files = [
        ...ofSlice(part, '2017-04-02'),
        ...part.files.filter(({ slice }) => slice !== '2017-04-02'),
      ]
      addUpPart(part)
    },
    /not sorted by their keys/,
  ],
  [
    'rows in the slice of another day',
    (part) => {
      for (const file of ofSlice(part, '2017-04-03')) moveTo(file, '2017-04-04')
    },
    /1 rows of .*2017-04-04.* are not of slice 2017-04-04/,
  ],
  [
    'a day in the slice of rows without one',
    (part) => {
      for (const file of ofSlice(part, 'other')) moveTo(file, '2017-04-30')
    },
    /are not of slice 2017-04-30/,
  ],
  [
    'a slice of another month',
    (part) => {
      for (const file of ofSlice(part, 'other')) moveTo(file, '2017-05-01')
    },
    /a slice 2017-05-01, which is not a day of its period/,
  ],
  [
    'another rowsDigest of the part',
    (part) => {
      part.rowsDigest = 'f'.repeat(64)
    },
    /a rowsDigest that is not that of its slices/,
  ],
  [
    'no rowsDigest of the part',
    (part) => {
      delete part.rowsDigest
    },
    /a rowsDigest that is not that of its slices/,
  ],
  [
    'another rowsDigest of a slice, and of the part',
    (part) => {
      const [json] = ofSlice(part, '2017-04-01')
      if (json !== undefined) json.rowsDigest = '0'.repeat(64)
      addUpPart(part)
    },
    /the rowsDigest of .*2017-04-01.* is [0-9a-f]{64}, not 0{64}/,
  ],
  [
    'a rowsDigest at a CSV file',
    (part) => {
      const [, csv] = ofSlice(part, '2017-04-01')
      if (csv !== undefined) csv.rowsDigest = '0'.repeat(64)
    },
    /does not have its rowsDigest at its JSON file/,
  ],
  [
    'a file without its slice',
    (part) => {
      const [, csv] = ofSlice(part, '2017-04-01')
      delete csv?.slice
    },
    /files of other slices or without a slice/,
  ],
  [
    'no slices at all',
    (part) => {
      for (const file of part.files) {
        delete file.slice
        delete file.rowsDigest
      }
    },
    /has a rowsDigest but no slices/,
  ],
  [
    'a missing slice',
    (part) => {
      part.files = part.files.filter(({ slice }) => slice !== '2017-04-03')
      addUpPart(part)
    },
    /it has 4 rows, not 5/,
  ],
  [
    'fewer rows than its slices',
    (part) => {
      part.rowCount--
    },
    /it has 5 rows, not 4/,
  ],
])('verify names %s', async (_, change, expected) => {
  lie((manifest, part) => change(part, manifest))
  expect((await month.faults()).join('\n')).toMatch(expected)
})

it('verify names slices of a source without slices', async () => {
  const { archive } = month
  const [source] = archive.sources
  if (source === undefined) throw new Error('there is no source')
  const { definition } = source
  const offers = definition.offers.map((offer) => ({ ...offer, isSliced: false }))
  const uncut = { ...archive, sources: [{ ...source, definition: { ...definition, offers } }] }
  expect((await month.faults(uncut)).join('\n')).toMatch(/its source offers parts without slices/)
})
