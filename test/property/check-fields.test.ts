/** The deep comparison of JSON and CSV finds nothing if the row code wrote both, and every change. */
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { FileRecord, Segment } from '../../shared/format/part-record.ts'
import { rowBuffers } from '../../shared/rows/batch/row-buffers.ts'
import { textPool } from '../../shared/rows/bytes/text-pool.ts'
import { jsonReader } from '../../shared/rows/json/read-json.ts'
import { rowLayout } from '../../shared/rows/row-layout.ts'
import { checkFields } from '../../shared/usecases/verify/check-fields.ts'
import type { Fault } from '../../shared/usecases/verify/fault.ts'
import { memoryStorage } from '../../testing/simulation/memory-storage.ts'

const layout = rowLayout([
  { name: 'cost', decimal: true, aliases: ['Cost'] },
  { name: 'tags' },
  { name: 'date', usageDate: true },
  { name: 'late', since: 2 },
])
const RUNS = Number(process.env['PROPERTY_RUNS'] ?? 300)

async function differences(json: string, csv: Buffer): Promise<Fault[]> {
  const { snapshots } = memoryStorage(() => 0)
  const created = { contentType: 'x', sha256: 'x' }
  await snapshots.create('a.json.gz', gzipSync(json), created)
  await snapshots.create('a.csv', csv, created)
  const file = (path: string): FileRecord =>
    ({ path, format: 'json', rows: 0, bytes: 0, sha256: '', rowsVersion: 1 }) as const
  const segment: Segment = { json: file('a.json.gz'), csv: file('a.csv'), index: file('a.index') }
  const [buffers, texts] = [rowBuffers(), textPool()]
  return checkFields(
    {
      snapshots,
      layout,
      buffers,
      texts,
      isDeep: true,
      isKnown: true,
      listed: new Map(),
      repairs: new Map(),
      month: 201704,
    },
    segment,
  )
}

/** Reused as in production: allocating them takes most of the time of a small body. */
const rowsRead = rowBuffers()

function filesOf(rows: readonly string[]): { json: string; csv: Buffer } {
  const reader = jsonReader('list', layout, rowsRead)
  reader.push(Buffer.from(`[${rows.join(',')}]`))
  reader.end()
  const csv = Buffer.concat([layout.header, reader.take()?.csv ?? Buffer.alloc(0)])
  return { json: rows.length === 0 ? '[]\n' : `[${rows.join('\n,')}\n]\n`, csv }
}

const value = fc.oneof(
  fc.integer().map((whole) => whole / 1_000),
  fc.string({ unit: 'binary' }),
  fc.constantFrom('', ',', '"', '\r\n', 'a"b', null, true, false),
  fc.jsonValue({ maxDepth: 2 }).filter((each) => typeof each !== 'number'),
)
const row = fc
  .dictionary(
    fc.oneof(fc.constantFrom('cost', 'tags', 'date', 'late', 'other'), fc.string({ maxLength: 4 })),
    value,
    { maxKeys: 6 },
  )
  .filter((each) => !('Cost' in each))
  .map((each) => JSON.stringify(each))
  // No name ends with a backslash: once V8 has seen `{"a":1,"\\":2}`, JSON.parse takes the name in
  // `{"a":1,"\"":2}` for a backslash as well (Node 24.21), and JSON.parse is what the comparison reads with.
  .filter((text) => !text.includes('\\\\"'))

describe('the comparison of JSON and CSV, field by field', () => {
  it('finds nothing in what the row code wrote', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(row, { maxLength: 5 }), async (rows) => {
        const { json, csv } = filesOf(rows)
        expect(await differences(json, csv)).toEqual([])
      }),
      { numRuns: RUNS },
    )
  })

  it('takes the last of several spellings of a name, like the row code', async () => {
    const spellings = ['"cost":1', '"Cost":2', '"cost":3', '"c\\u006fst":4', '"Cost":5']
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray(spellings, { minLength: 1 }), async (members) => {
        const { json, csv } = filesOf([`{"tags":"{\\"cost\\":9}",${members.join(',')}}`])
        expect(await differences(json, csv)).toEqual([])
      }),
    )
  })

  it('names the row and the column of a digit that was changed', async () => {
    const { json, csv } = filesOf(['{"cost":1.50,"tags":"a"}', '{"cost":0.10,"tags":"a,b"}'])
    const other = Buffer.from(csv.toString().replace('0.10', '0.1'))
    expect(await differences(json, other)).toMatchObject([
      {
        code: 'FIELDS_DIFFER',
        blob: 'a.csv',
        message: expect.stringContaining('row 2, column cost'),
      },
    ])
  })

  it.each([
    ['a missing row', (text: string) => text.replace(/[^\n]*\n$/, '')],
    ['an extra row', (text: string) => `${text}1,a,,,\r\n`],
    ['null and an empty string confused', (text: string) => text.replace('a,,', 'a,"",')],
    ['another header', (text: string) => text.replace('tags', 'tag')],
    ['a file that is not CSV', (text: string) => text.replace(/\r\n$/, '\n')],
  ])('tells %s', async (_what, change) => {
    const { json, csv } = filesOf(['{"cost":1.50,"tags":"a"}', '{"cost":2,"tags":"b"}'])
    const found = await differences(json, Buffer.from(change(csv.toString())))
    expect(found).toMatchObject([{ code: 'FIELDS_DIFFER' }])
  })
})
