/** Paging through a period while it is being restated: no reader may miss or repeat a row. */
import { exactly, type Figure } from '../bench/measure.ts'
import { startStack } from '../testing/stack/archive-stack.ts'
import { readPeriod } from './read-period.ts'
import { serve } from './served.ts'

const RESTATEMENTS = 20
const SERIES = {
  family1: '/v3/enrollments/100/billingPeriods/201705/usagedetails',
  family2: '/archive/enrollments/100/usagedetails/201705/rows?limit=37',
}

/** A reader that takes one page per step. */
interface Reader {
  readonly expected: readonly string[]
  readonly rows: string[]
  next: string | null
}

export async function pagingFigures(say: (line: string) => void): Promise<Figure[]> {
  const stack = await startStack()
  const served = await serve(stack, {
    simulator: { day: '2017-05-05', rowsPerDay: 130 },
    hostSettings: { CACHE_TTL_SECONDS: '0' },
  })
  const { archive, url } = served
  const readers: Reader[] = []
  for (let i = 0; i < RESTATEMENTS; i++) {
    // Readers of both families start at every state of the period and continue while it changes.
    const expected = await readPeriod(archive, '201705')
    for (const path of Object.values(SERIES)) readers.push({ expected, rows: [], next: url + path })
    for (const reader of readers) await step(reader, archive.key)
    archive.simulator.bill.restate('100', `2017-05-0${1 + (i % 5)}`)
    archive.simulator.setDay(`2017-05-${String(6 + i).padStart(2, '0')}`)
    await archive.run()
  }
  for (const reader of readers) while (reader.next !== null) await step(reader, archive.key)
  const wrong = readers.filter(({ rows, expected }) => !isSame(rows, expected))
  const snapshots = new Set(readers.map(({ expected }) => expected.join('\n'))).size
  const pages = readers.reduce((sum, { rows }) => sum + rows.length, 0)
  say(`${readers.length} readers over ${snapshots} different states, ${pages} rows`)
  for (const { rows, expected } of wrong) say(`WRONG: ${rows.length} rows, not ${expected.length}`)
  for (const line of served.failures) say(`FAILED ${line.slice(0, 300)}`)
  await served.close()
  await stack.close()
  const missing = Math.max(0, RESTATEMENTS - snapshots)
  return [exactly('paging-wrong', wrong.length + missing + served.failures.length, 0, 'readers')]
}

async function step(reader: Reader, key: string): Promise<void> {
  if (reader.next === null) return
  const response = await fetch(reader.next, { headers: { authorization: `bearer ${key}` } })
  if (!response.ok) throw new Error(`${response.status}: ${await response.text()}`)
  const page = (await response.json()) as {
    data?: object[]
    rows?: object[]
    nextLink?: string | null
    next?: string | null
  }
  for (const row of page.data ?? page.rows ?? []) reader.rows.push(JSON.stringify(row))
  reader.next = page.nextLink ?? page.next ?? null
}

function isSame(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((row, i) => row === b[i])
}
