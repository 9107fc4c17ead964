/** Answers for a series with a known damaged file. */
import { beforeEach, expect, it } from 'vitest'
import { keepResult } from '../../../shared/usecases/verify/kept-result.ts'
import { verifyArchive } from '../../../shared/usecases/verify/verify-archive.ts'
import { type MemoryHttp, memoryHttp } from '../../../testing/simulation/memory-http.ts'

const USAGE = '/archive/enrollments/100/usagedetails/201704'
const REDIRECT_OVER_BYTES = 1_000

let http: MemoryHttp

beforeEach(async () => {
  http = await memoryHttp({ redirectOverBytes: REDIRECT_OVER_BYTES })
  const rows = Array.from({ length: 40 }, (_, i) => `{"accountId":${i},"cost":1.50}`)
  await http.archive({ billingPeriod: '201704' }, `[${rows.join(',')}]`)
})

/** Alters the stored file with this suffix, and verifies like the daily timer. */
async function damage(ending: string): Promise<string> {
  const { snapshots } = http.storage.stored
  const found = [...snapshots].find(([name]) => name.endsWith(ending))
  if (found === undefined) throw new Error(`there is no ${ending}`)
  const [name, blob] = found
  const bytes = Buffer.from(blob.bytes)
  bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] as number) ^ 1
  snapshots.set(name, { ...blob, bytes })
  const { archive } = http.deps
  const onSeries: NonNullable<Parameters<typeof verifyArchive>[1]['onSeries']> = (check) =>
    keepResult(archive, check, false)
  await verifyArchive(archive, { isDeep: false, anchor: null, onSeries })
  return name
}

it('does not serve rows of a damaged JSON: a named error here, only the request id on the old routes', async () => {
  await damage('.json.gz')
  const ours = await http.ask(`${USAGE}/rows`)
  expect(ours.status).toBe(500)
  expect(ours.json<{ code: string }>().code).toBe('FILE_DAMAGED')
  const old = await http.ask('/v2/enrollments/100/billingPeriods/201704/usagedetails')
  expect(old.status).toBe(500)
  expect(old.text).toMatch(/damaged.*request/)
  expect(old.text).not.toContain('accountId')
})

it('composes a whole CSV from the JSON if the CSV file is damaged', async () => {
  const whole = `${USAGE}/rows?format=csv&limit=all`
  const { headers } = await http.ask(whole)
  const sound = http.fileAt(headers.get('location'))

  const name = await damage('.csv')
  const answer = await http.ask(whole)
  expect(answer.status).toBe(202)
  await http.compose()
  const composed = await http.ask(whole)
  expect(composed.status).toBe(307)
  expect(http.fileAt(composed.headers.get('location'))).toBe(sound)

  const file = await http.ask(`${USAGE}/snapshots/1/files/all/${name.split('/').at(-1)}`)
  expect(file.status).toBe(500)
})

it('reports it in health and verification', async () => {
  const name = await damage('.csv')
  const health = await http.ask('/archive/health')
  const { series } = health.json<{ series: { dataset: string; status: string }[] }>()
  expect(series).toContainEqual(
    expect.objectContaining({ dataset: 'usagedetails', status: 'damaged' }),
  )
  const verification = await http.ask('/archive/verification')
  expect(verification.text).toContain(name)
})
