/** The source's own error text is quoted: short, on one line, and without secrets. */
import { describe, expect, it } from 'vitest'
import type { ArchiveError } from '../../../../shared/errors.ts'
import {
  type Answer,
  KEY,
  linesOf,
  page,
  scripted,
  usageOf,
} from '../../../../testing/sources/scripted-source.ts'

const signal = new AbortController().signal

async function failureOf(answer: Answer, part = 'all') {
  const { source, warnings } = scripted(() => answer)
  const read = async () => linesOf(await source.fetch(usageOf('100', part), null, null, signal))
  const { code, message } = await read().then(
    () => expect.unreachable(),
    (error: ArchiveError) => error,
  )
  return { code, message, warnings }
}

describe('the words of a source', () => {
  it.each([
    [400, 'SOURCE_BAD_REQUEST'],
    [401, 'SOURCE_UNAUTHORIZED'],
    [403, 'SOURCE_FORBIDDEN'],
    [404, 'SOURCE_NOT_FOUND'],
    [422, 'SOURCE_UNEXPECTED_STATUS'],
    [500, 'SOURCE_UNAVAILABLE'],
  ])('are in the failure of a %i, with the id of the request', async (status, code) => {
    const failure = await failureOf({
      status,
      headers: { 'x-ms-request-id': 'abc-123', 'request-id': 'def' },
      body: '{"error":{"message":"Period 201704\\nis  closed"}}',
    })
    expect(failure.code).toBe(code)
    expect(failure.message).toContain('"{"error":{"message":"Period 201704\\nis closed"}}"')
    expect(failure.message).toContain('x-ms-request-id abc-123, request-id def')
  })

  it('are in the log of every try', async () => {
    const { warnings } = await failureOf({ status: 503, body: 'Report is being made' })
    expect(warnings.map(({ event, reason }) => [event, reason])).toEqual([
      ['source.retry', 'status 503: "Report is being made"'],
      ['source.retry', 'status 503: "Report is being made"'],
    ])
  })

  it.each([
    ['a key', `no access for ${KEY} today`],
    ['a key in a header line', `Authorization: bearer ${KEY}`],
    ['a key in JSON', JSON.stringify({ key: KEY })],
    ['a key that is cut', `${'x'.repeat(16_384 - 12)}${KEY}`],
    ['a key that is cut by the network', `no access for ${KEY.slice(0, -3)}`],
    ['a token', 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc'],
  ])('never contain %s', async (_, body) => {
    const { message, warnings } = await failureOf({ status: 500, body })
    for (const text of [message, JSON.stringify(warnings)]) {
      expect(text).not.toContain(KEY.slice(0, 12))
      expect(text).not.toContain('eyJ')
    }
  })

  it('are short, on one line, and well formed', async () => {
    const body = `a\u0000b\r\n\tc\u202Ed ${'\u{1F4A5}'.repeat(500)}`
    const { message } = await failureOf({ status: 400, body })
    expect(message).toContain('"a b c d ')
    // eslint-disable-next-line no-control-regex
    expect(message).not.toMatch(/[\u0000-\u001f\u202e]/)
    expect(message.isWellFormed()).toBe(true)
    expect(message.length).toBeLessThan(600)
  })

  it('are not waited for', async () => {
    const endless = { status: 400, body: Array.from({ length: 100_000 }, () => 'x'.repeat(1_000)) }
    expect((await failureOf(endless)).code).toBe('SOURCE_BAD_REQUEST')
  })
})

describe('a failure', () => {
  it('of a day says which day', async () => {
    for (const status of [400, 404, 500]) {
      const { message } = await failureOf({ status }, '2017-04-07')
      expect(message).toContain('/usagedetailsbycustomdate?startTime=2017-04-07')
    }
  })

  it.each([
    [
      'ROWS_UNEXPECTED_SHAPE',
      '<html><body>Service busy</body></html>',
      /HTML or XML.*Service busy/,
    ],
    ['ROWS_UNEXPECTED_SHAPE', '\uFEFF <!DOCTYPE html>', /HTML or XML/],
    ['ROWS_UNEXPECTED_SHAPE', '"Service busy"', /not JSON with rows: ""Service busy""/],
    ['ROWS_CUT', '', /ends at byte 0/],
    [
      'ROWS_INVALID_JSON',
      '{"data":[{"cost":1,}]}',
      /invalid JSON at byte 19.*\(ROWS_INVALID_JSON\).*3 tries/,
    ],
  ])('%s is reported if the source sends %j', async (code, body, told) => {
    expect(await failureOf({ body })).toMatchObject({ code, message: expect.stringMatching(told) })
  })

  it('in the middle of a long body are reported', async () => {
    const { source } = scripted(() => ({ body: ['{"data":[{"cost":1}', ',{"cost":x}]}'] }), {
      pageBytes: 5,
    })
    const answer = await source.fetch(usageOf('100'), null, null, signal)
    await expect(linesOf(answer)).rejects.toMatchObject({
      code: 'SOURCE_INTERRUPTED',
      message: expect.stringMatching(/invalid JSON at byte \d+.*ROWS_INVALID_JSON/),
    })
  })

  it("of an expired nextLink include the source's text", async () => {
    const { source } = scripted(({ url }) =>
      url.searchParams.has('p')
        ? { status: 400, body: 'token expired' }
        : { body: page([1], '?p=2') },
    )
    await expect(
      linesOf(await source.fetch(usageOf('100'), null, null, signal)),
    ).rejects.toMatchObject({
      code: 'SOURCE_CHANGED',
      message: expect.stringContaining('token expired'),
    })
  })
})
