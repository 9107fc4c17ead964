/** Forgeries with matching digests, which anyone with write access can make, and which verify must report. */
import { beforeEach, describe, expect, it } from 'vitest'
import { canonicalJson } from '../../shared/format/canonical-json.ts'
import { viewName } from '../../shared/format/view-names.ts'
import { verifyArchive } from '../../shared/usecases/verify/verify-archive.ts'
import { verifyDaily } from '../../shared/usecases/verify/verify-daily.ts'
import { turnDay } from '../../shared/usecases/verify/verify-turn.ts'
import {
  addUp,
  type LooseManifest,
  makeFit,
  manifestNames,
  overwrite,
  overwriteFile,
  readManifest,
} from '../../soak/corruptions/self-consistent.ts'
import { MONTH, type SealedMonth, sealedMonth } from '../../testing/simulation/sealed-month.ts'

const signal = new AbortController().signal
const envelope = { id: '"x"' }

let month: SealedMonth

/** Two settled snapshots; no other one has the rows of the first. */
beforeEach(async () => {
  month = sealedMonth()
  await month.seal({ all: '[{"cost":1.50},{"cost":2}]' }, envelope)
  await month.seal({ all: '[{"cost":1.50},{"cost":3}]' }, envelope)
})

async function told(): Promise<string[]> {
  const { faults } = await verifyArchive(month.archive, { isDeep: true, anchor: null })
  return faults.map(({ code, blob, message }) => `${code} ${blob.split('/').at(-1)} ${message}`)
}

/** Changes snapshot `number`, and everything that contains its digest. */
function lie(number: number, change: (manifest: LooseManifest) => void): void {
  const { snapshots, view } = month.storage.stored
  const name = manifestNames(snapshots)[number - 1] ?? ''
  const manifest = readManifest(snapshots, name)
  change(manifest)
  addUp(manifest)
  overwrite(snapshots, name, canonicalJson(manifest))
  makeFit({ snapshots, view })
}

const moved = (time: string, years: number): string =>
  `${Number(time.slice(0, 4)) + years}${time.slice(4)}`

describe('verify --deep', () => {
  it('finds nothing in what the program wrote', async () => {
    expect(await told()).toEqual([])
    lie(1, () => {})
    expect(await told()).toEqual([])
  })

  it.each<[string, (manifest: LooseManifest) => void, RegExp]>([
    [
      'has no totals',
      (manifest) => {
        for (const part of manifest.parts) part.totals = {}
        manifest.totals = {}
      },
      /INCONSISTENT 000001.json its totals do not include/,
    ],
    [
      'claims that it is not settled',
      (manifest) => {
        manifest.settled = false
      },
      /INCONSISTENT 000001.json it is not settled, so its parts should be consecutive days/,
    ],
    [
      'was checked a year earlier',
      (manifest) => {
        for (const part of manifest.parts) {
          part.checkedAt = moved(part.checkedAt, -1)
          part.fetchedAt = moved(part.fetchedAt, -1)
        }
      },
      /INCONSISTENT 000001.json .*longer after the check of a part than any plan/,
    ],
    [
      'is from the year 2999',
      (manifest) => {
        manifest.takenAt = '2999-01-01T00:00:00.000Z'
      },
      /INCONSISTENT 000001.json it says 2999.*storage already had its file/,
    ],
    [
      'has a link beside its rows',
      (manifest) => {
        for (const part of manifest.parts) part.envelope = { ...part.envelope, nextLink: '"x"' }
      },
      /INCONSISTENT 000001.json part all has nextLink/,
    ],
  ])('reports a first snapshot that %s', async (_what, change, fault) => {
    lie(1, change)
    expect(await told()).toContainEqual(expect.stringMatching(fault))
  })

  it('reports different envelopes beside rows of the same fetch', async () => {
    await month.seal({ all: '[{"cost":1.50},{"cost":3}]' }, { id: '"y"' })
    expect(await told()).toEqual([])
    lie(3, (manifest) => {
      const before = readManifest(month.storage.stored.snapshots, nameOf(2))
      for (const part of manifest.parts) part.fetchedAt = before.parts[0]?.fetchedAt ?? ''
    })
    expect(await told()).toContainEqual(expect.stringMatching(/the fields beside the rows/))
  })

  it('reports wrong pieces in the index of an older snapshot', async () => {
    const { snapshots, view } = month.storage.stored
    const index = readManifest(snapshots, nameOf(1)).parts[0]?.files.find(
      ({ format }) => format === 'index',
    )
    const blob = snapshots.get(index?.path ?? '')
    const document = JSON.parse(blob?.bytes.toString() ?? '{}') as {
      csvPieces: { sha256: string }[]
    }
    for (const piece of document.csvPieces) piece.sha256 = 'f'.repeat(64)
    overwriteFile(month.storage.stored, index?.path ?? '', canonicalJson(document))
    makeFit({ snapshots, view })
    expect(await told()).toEqual([
      expect.stringMatching(/^FILE_INCONSISTENT .*index.json its csvPieces are not the CSV/),
    ])
  })

  it('reports a view that is hours behind, but not one that is about to be updated', async () => {
    const { view } = month.storage.stored
    const behind = view.get(viewName(MONTH))
    await month.seal({ all: '[{"cost":7},{"cost":8}]' }, envelope)
    if (behind !== undefined) view.set(viewName(MONTH), behind)
    expect(await told()).toEqual([])
    month.pass(3 * 3_600_000)
    expect(await told()).toEqual([expect.stringMatching(/^VIEW_BEHIND .* snapshot 3/)])
  })
})

describe('the daily verification', () => {
  it('compares CSV with JSON, field by field', async () => {
    const { snapshots, view } = month.storage.stored
    const csv = readManifest(snapshots, nameOf(1)).parts[0]?.files.find(
      ({ format }) => format === 'csv',
    )
    const text = snapshots.get(csv?.path ?? '')?.bytes.toString() ?? ''
    expect(text).toContain('1.50')
    const changed = Buffer.from(text.replace('1.50', '1.51'))
    overwriteFile(month.storage.stored, csv?.path ?? '', changed)
    makeFit({ snapshots, view })
    const day = String(turnDay(MONTH)).padStart(2, '0')
    const onItsDay = { ...month.archive, businessDay: () => `2017-05-${day}` }
    const { faults } = await verifyDaily(onItsDay, signal)
    expect(faults.map(({ code, message }) => `${code} ${message}`)).toContainEqual(
      expect.stringMatching(/^FIELDS_DIFFER .*row 1, column cost/),
    )
  })
})

function nameOf(number: number): string {
  return manifestNames(month.storage.stored.snapshots)[number - 1] ?? ''
}
