/**
 * Golden bytes of a sliced part: what the program writes, and the rules of docs/archive-format.md, computed
 * with independent code. `UPDATE_FIXTURES=1` rewrites them: a difference is a change of the format.
 */
import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { constants, deflateRawSync, gunzipSync } from 'node:zlib'
import { beforeAll, describe, expect, it } from 'vitest'
import { seriesFolder } from '../../shared/format/layout.ts'
import { SLICED, slicedMonth } from '../../testing/simulation/sliced-month.ts'

const FOLDER = resolve(import.meta.dirname, '../fixtures/sliced-part')

const FIRST = ['2017-04-02,0.50,B', '2017-04-01,1.00,A', ',2,none', '2017-04-02,0.50,B']
/** Another row in the middle of 1 April and on 2 April; the row without a day is unchanged. */
const SECOND = [',2,none', '2017-04-02,0.75,B', '2017-04-01,1.00,A', '2017-04-02,0.50,B']

/** The files that the program writes, by their names in the folder of the series. */
const written = new Map<string, Buffer>()
const golden = new Map<string, Buffer>()
let faults: string[] = []

beforeAll(async () => {
  const month = slicedMonth()
  // Uncompressed, because compression differs between machines.
  const how = { level: 0, finishFlush: constants.Z_FULL_FLUSH }
  const archive = {
    ...month.archive,
    deflate: async (text: Uint8Array) => deflateRawSync(text, how),
  }
  for (const records of [FIRST, SECOND]) {
    month.says(records)
    await month.run(archive)
  }
  faults = await month.faults()
  const series = seriesFolder(SLICED)
  for (const [name, { bytes }] of month.storage.stored.snapshots) {
    written.set(name.slice(series.length), bytes)
  }
  if (process.env['UPDATE_FIXTURES'] !== undefined) {
    rmSync(FOLDER, { recursive: true, force: true })
    for (const [name, bytes] of written) {
      mkdirSync(dirname(join(FOLDER, name)), { recursive: true })
      writeFileSync(join(FOLDER, name), bytes)
    }
  }
  for (const entry of readdirSync(FOLDER, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name)
    const name = path.slice(FOLDER.length + 1).replaceAll('\\', '/')
    if (entry.isFile()) golden.set(name, readFileSync(path))
  }
})

interface GoldenFile {
  readonly format: string
  readonly path: string
  readonly rows: number
  readonly bytes: number
  readonly sha256: string
  readonly slice: string
  readonly rowsDigest?: string
}

interface GoldenPart {
  readonly rowCount: number
  readonly contentSha256: string
  readonly rowsDigest: string
  readonly files: readonly GoldenFile[]
}

const sha256 = (bytes: Buffer | string): string => createHash('sha256').update(bytes).digest('hex')

function bytesOf(name: string): Buffer {
  const bytes = golden.get(name)
  if (bytes === undefined) throw new Error(`there is no ${name}`)
  return bytes
}

function partOf(number: number): GoldenPart {
  const text = bytesOf(`snapshots/00000${number}.json`).toString()
  return (JSON.parse(text) as { parts: [GoldenPart] }).parts[0]
}

const nameOf = ({ path }: GoldenFile): string => path.slice(seriesFolder(SLICED).length)

/** The row lines of a JSON file, without their newlines. */
function linesOf(file: GoldenFile): string[] {
  const text = gunzipSync(bytesOf(nameOf(file))).toString()
  return text.slice(1, -'\n]\n'.length).split('\n,')
}

function digestOf(lines: readonly string[]): string {
  const sum = lines.reduce((total, line) => total + BigInt(`0x${sha256(line)}`), 0n)
  return (sum % 2n ** 256n).toString(16).padStart(64, '0')
}

describe('the golden bytes of slices', () => {
  it('are what the program writes', () => {
    expect(faults).toEqual([])
    expect([...written.keys()].sort()).toEqual([...golden.keys()].sort())
    for (const [name, bytes] of golden) expect(written.get(name)?.equals(bytes), name).toBe(true)
  })

  it.each([1, 2])('follow the rules of the format in snapshot %i', (number) => {
    const { files, rowCount, rowsDigest, contentSha256 } = partOf(number)
    const json = files.filter(({ format }) => format === 'json')
    expect(json.map(({ slice }) => slice)).toEqual(['2017-04-01', '2017-04-02', 'other'])
    for (const file of files) {
      const bytes = bytesOf(nameOf(file))
      expect([file.bytes, file.sha256]).toEqual([bytes.length, sha256(bytes)])
      expect(nameOf(file)).toContain(`parts/all/${file.slice}-`)
    }
    for (const file of json) {
      expect(file.rows).toBe(linesOf(file).length)
      expect(file.rowsDigest).toBe(digestOf(linesOf(file)))
    }
    const lines = json.map(linesOf)
    expect(lines.flat()).toHaveLength(rowCount)
    expect(rowsDigest).toBe(digestOf(lines.flat()))
    // Every slice has one block.
    const blocks = lines.map((each) =>
      createHash('sha256')
        .update(`${each.join('\n')}\n`)
        .digest(),
    )
    expect(contentSha256).toBe(sha256(Buffer.concat(blocks)))
  })

  it('share the files of slices with unchanged rows', () => {
    const [first, second] = [partOf(1), partOf(2)]
    const kept = (key: string): boolean =>
      JSON.stringify(first.files.filter(({ slice }) => slice === key)) ===
      JSON.stringify(second.files.filter(({ slice }) => slice === key))
    expect(['2017-04-01', '2017-04-02', 'other'].map(kept)).toEqual([true, false, true])
  })

  it('are the example in docs/archive-format.md', () => {
    const page = readFileSync(resolve(FOLDER, '../../../docs/archive-format.md'), 'utf8')
    const { files, rowsDigest, contentSha256 } = partOf(1)
    const json = files.filter(({ format }) => format === 'json')
    for (const line of json.flatMap(linesOf)) expect(page).toContain(line)
    for (const digest of [rowsDigest, contentSha256, ...json.map((file) => file.rowsDigest)]) {
      expect(page).toContain(digest)
    }
  })
})
