/** Fields beside the rows: rows are never lost silently because of them. */
import { describe, expect, it } from 'vitest'
import { nextPageUrl } from '../../../../shared/sources/ea-reporting/routes.ts'
import {
  KEY,
  linesOf,
  page,
  type Script,
  scripted,
  usageOf,
} from '../../../../testing/sources/scripted-source.ts'

const signal = new AbortController().signal

async function failureOf(script: Script) {
  const { source, asked } = scripted(script)
  const read = async (): Promise<string> =>
    `${(await linesOf(await source.fetch(usageOf('100'), null, null, signal))).length} rows`
  const told = await read().catch((error: { code: string; message: string }) => error)
  return { told, asked: asked.length }
}

describe('an envelope whose member', () => {
  it.each([
    ['NextLink', '{"data":[{"cost":1}],"NextLink":"https://source.example/?p=2"}'],
    ['nextlink', '{"nextlink":null,"data":[{"cost":1}]}'],
    ['Data', '{"Data":[{"cost":1}],"nextLink":null}'],
    ['ID', '{"ID":"x","data":[{"cost":1}]}'],
    ['nextLink', '{"nextLink":"/v3/?p=2","data":[{"cost":1}],"nextLink":null}'],
  ])(
    '%s differs from a known one only in case, or is repeated, is rejected by name',
    async (name, body) => {
      const { told, asked } = await failureOf(() => ({ body }))
      expect(told).toMatchObject({ code: 'ROWS_HIDDEN', message: expect.stringContaining(name) })
      expect(asked).toBe(1)
    },
  )

  it.each([
    ['odata.nextLink', '"https://source.example/v3/?p=2"'],
    ['@odata.nextLink', '"/v3/x?p=2"'],
    ['next', '"?p=2"'],
    ['next_page', '2'],
    ['continuationToken', '"abc"'],
    ['links', '{"next":"/v3/2"}'],
    ['links', '[{"rel":"more","href":"https://source.example/2"}]'],
    ['hasMore', 'true'],
    ['note', '"the rest is at https://source.example/2"'],
  ])('%s is %s may lead to more rows, and is rejected', async (name, value) => {
    const { told } = await failureOf(() => ({
      body: `{"data":[{"cost":1}],"nextLink":null,${JSON.stringify(name)}:${value}}`,
    }))
    expect(told).toMatchObject({
      code: 'ROWS_HIDDEN',
      message: expect.stringMatching(/only nextLink is followed/),
    })
  })

  it.each([
    ['next', 'null'],
    ['hasMore', 'false'],
    ['links', '{}'],
    ['error', 'null'],
    ['errors', '[]'],
    ['count', '17'],
    ['comment', '"what is next? nobody knows"'],
  ])('%s is %s does not, and is kept', async (name, value) => {
    const { source } = scripted(() => ({ body: page([1], null, `"${name}":${value},`) }))
    const answer = await source.fetch(usageOf('100'), null, null, signal)
    expect(await linesOf(answer)).toHaveLength(1)
    expect(answer.kind === 'rows' && answer.facts().envelope).toEqual({ id: '"x"', [name]: value })
  })

  it('is an error beside rows, or instead of them, fails with its text', async () => {
    for (const body of [
      '{"data":[{"cost":1}],"error":{"code":"500","message":"Report is being made"}}',
      '{"Error":"Report is being made","data":[]}',
      '{"error":{"message":"Report is being made"}}',
      '{"Message":"Report is being made"}',
    ]) {
      const { told, asked } = await failureOf(() => ({ body }))
      expect(told).toMatchObject({ code: 'SOURCE_ERROR' })
      expect(told).toMatchObject({ message: expect.stringContaining('Report is being made') })
      expect(asked).toBe(3) // it may be temporary, like a status of 500
    }
  })

  it('is checked on every page, and in a streamed body', async () => {
    const second = '{"data":[{"cost":2}],"NEXTLINK":"?p=3"}'
    const paged: Script = ({ url }) => ({
      body: url.searchParams.has('p') ? second : page([1], '?p=2'),
    })
    expect((await failureOf(paged)).told).toMatchObject({ code: 'ROWS_HIDDEN' })
    const { source } = scripted(
      () => ({
        body: [
          '{"data":[{"cost":1}',
          ...Array.from({ length: 40 }, () => ',{"cost":1}'),
          '],"more":"http://x"}',
        ],
      }),
      { pageBytes: 100 },
    )
    await expect(
      linesOf(await source.fetch(usageOf('100'), null, null, signal)),
    ).rejects.toMatchObject({ code: 'ROWS_HIDDEN' })
  })

  it('is nowhere near "data" is reported with the body, without the key', async () => {
    const { told } = await failureOf(() => ({ body: `{"value":[],"note":"for ${KEY}"}` }))
    expect(told).toMatchObject({ code: 'ROWS_UNEXPECTED_SHAPE' })
    expect(told).toMatchObject({
      message: expect.stringContaining('{"value":[],"note":"for [redacted]"}'),
    })
  })
})

describe('the list of billing periods', () => {
  const row = (id: string): string =>
    `{"billingPeriodId":"${id}","billingStart":"2017-04-01","billingEnd":"2017-04-30","usageDetails":"/x"}`

  it('is read to its last page', async () => {
    const { source } = scripted(({ url }) => ({
      body: url.searchParams.has('p')
        ? `{"data":[${row('201703')}]}`
        : `{"data":[${row('201704')}],"nextLink":"?p=2"}`,
    }))
    const periods = await source.listPeriods('100', signal)
    expect(periods.map(({ id }) => id)).toEqual(['201704', '201703'])
  })

  it('in an envelope with a link under another name is rejected', async () => {
    const { source } = scripted(() => ({ body: `{"data":[${row('201704')}],"NextLink":"?p=2"}` }))
    await expect(source.listPeriods('100', signal)).rejects.toMatchObject({
      code: 'ROWS_HIDDEN',
    })
  })
})

describe('nextLink', () => {
  it('is relative to its own page', async () => {
    const { source, asked } = scripted(({ url }) => ({
      body: url.searchParams.has('p') ? page([2]) : page([1], '?p=2'),
    }))
    const lines = await linesOf(await source.fetch(usageOf('100'), null, null, signal))
    expect(lines).toEqual(['{"cost":1}', '{"cost":2}'])
    expect(asked[1]?.url.href).toBe(
      'https://source.example/v3/enrollments/100/billingPeriods/201704/usagedetails?p=2',
    )
    const endpoint = new URL('https://mirror.example/ea/')
    expect(nextPageUrl(endpoint, '"2"', 'https://mirror.example/ea/v3/pages/1')).toBe(
      'https://mirror.example/ea/v3/pages/2',
    )
  })
})
