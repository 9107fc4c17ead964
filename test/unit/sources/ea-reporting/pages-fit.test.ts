/**
 * Pages of a part must be of one state of the source: the rows of page 1 decide, a tag only saves the
 * comparison.
 */
import { describe, expect, it } from 'vitest'
import type { Cursor } from '../../../../shared/format/part-progress.ts'
import type { AnswerFacts, FetchResult } from '../../../../shared/sources/source.ts'
import {
  linesOf,
  page,
  type Script,
  type ScriptedSource,
  scripted,
  usageOf,
} from '../../../../testing/sources/scripted-source.ts'

const signal = new AbortController().signal
const request = usageOf('100')

/** Three pages of two rows; `first` is the current page 1, `tag` the tag of the next answer. */
function threePages(
  first: () => readonly number[],
  tag: (number: number) => string | null,
): Script {
  return ({ url, headers }, number) => {
    const p = Number(url.searchParams.get('p') ?? '1')
    const etag = tag(number)
    if (etag !== null && headers['if-none-match'] === etag) return { status: 304 }
    const body =
      p === 1 ? page(first(), '?p=2') : page([p * 10, p * 10 + 1], p === 2 ? '?p=3' : null)
    return { body, headers: etag === null ? {} : { etag } }
  }
}

const ALL = [1, 2, 20, 21, 30, 31].map((cost) => `{"cost":${cost}}`)

async function read({ source }: ScriptedSource): Promise<{ lines: string[]; facts: AnswerFacts }> {
  const answer = await source.fetch(request, null, null, signal)
  const lines = await linesOf(answer)
  if (answer.kind !== 'rows') throw new Error('expected rows')
  return { lines, facts: answer.facts() }
}

describe('a source without tags', () => {
  it('that is restated between two pages is noticed', async () => {
    let first = [1, 2]
    const script = threePages(
      () => first,
      () => null,
    )
    const restating: Script = (asked, number) => {
      if (asked.url.searchParams.get('p') === '2') first = [1, 3]
      return script(asked, number)
    }
    await expect(read(scripted(restating))).rejects.toMatchObject({ code: 'SOURCE_CHANGED' })
  })

  it('that stays the same costs one more request', async () => {
    const test = scripted(
      threePages(
        () => [1, 2],
        () => null,
      ),
    )
    expect((await read(test)).lines).toEqual(ALL)
    expect(test.asked).toHaveLength(4)
    const single = scripted(() => ({ body: page([1, 2]) }))
    await read(single)
    expect(single.asked).toHaveLength(1)
  })
})

describe('a tag', () => {
  it('that is unchanged saves the comparison, and is kept', async () => {
    const test = scripted(
      threePages(
        () => [1, 2],
        () => '"t"',
      ),
    )
    const { lines, facts } = await read(test)
    expect(lines).toEqual(ALL)
    expect(facts.validator).toMatchObject({ etag: '"t"' })
    expect(test.asked.at(-1)?.headers).toMatchObject({ 'if-none-match': '"t"' })
  })

  it('that differs in each answer without changed rows stops nothing, and is not kept', async () => {
    const test = scripted(
      threePages(
        () => [1, 2],
        (number) => `"${number}"`,
      ),
    )
    const { lines, facts } = await read(test)
    expect(lines).toEqual(ALL)
    expect(facts.validator).toBeNull()
    expect(test.asked).toHaveLength(4)
  })

  it('that has changed together with a row of the first page is a change', async () => {
    let first = [1, 2]
    const script = threePages(
      () => first,
      () => `"${first.join('-')}"`,
    )
    const restating: Script = (asked, number) => {
      if (asked.url.searchParams.get('p') === '3') first = [2, 1]
      return script(asked, number)
    }
    await expect(read(scripted(restating))).rejects.toMatchObject({ code: 'SOURCE_CHANGED' })
  })
})

/** The same answers, a few bytes at a time, so that a streamed page has many batches. */
function inPieces(script: Script): Script {
  return (asked, number) => {
    const answer = script(asked, number)
    return { ...answer, body: String(answer?.body ?? '').match(/.{1,12}/g) ?? [] }
  }
}

/** Takes `rows` rows of an answer, then stops like a segment; returns where to continue. */
async function takeRows(answer: FetchResult, rows: number): Promise<Cursor> {
  if (answer.kind !== 'rows') throw new Error('expected rows')
  let taken = 0
  for await (const { batch, cursor } of answer.batches) {
    if (taken + batch.rows > rows) return cursor(rows - taken)
    taken += batch.rows
  }
  throw new Error('the rows have ended')
}

describe.each([
  ['received whole', 1024 * 1024],
  ['streamed', 10],
])('a part in segments, its pages %s,', (_how, pageBytes) => {
  const open = (first: () => readonly number[], tag: (number: number) => string | null) =>
    scripted(inPieces(threePages(first, tag)), { pageBytes })

  it.each([1, 2, 3, 5])(
    'continues after row %i under another tag if no row has changed',
    async (rows) => {
      const { source } = open(
        () => [1, 2],
        (number) => `"${number}"`,
      )
      const from = await takeRows(await source.fetch(request, null, null, signal), rows)
      const rest = await source.fetch(request, null, from, signal)
      expect(await linesOf(rest)).toEqual(ALL.slice(rows))
      expect(rest.kind === 'rows' && rest.facts().validator).toBeNull()
    },
  )

  it.each([1, 3])(
    'starts over if archived rows have changed, after row %i, without tags',
    async (rows) => {
      let first = [1, 2]
      const { source } = open(
        () => first,
        () => null,
      )
      const from = await takeRows(await source.fetch(request, null, null, signal), rows)
      first = [7, 2]
      const rest = async () => linesOf(await source.fetch(request, null, from, signal))
      await expect(rest()).rejects.toMatchObject({ code: 'SOURCE_CHANGED' })
    },
  )

  it('continues if the page has changed only after the archived rows', async () => {
    let first = [1, 2]
    const { source } = open(
      () => first,
      () => null,
    )
    const from = await takeRows(await source.fetch(request, null, null, signal), 1)
    first = [1, 9]
    const rest = await linesOf(await source.fetch(request, null, from, signal))
    expect(rest).toEqual(['{"cost":9}', ...ALL.slice(2)])
  })

  it('continues from a state of an older version, whose tag decides', async () => {
    let etag = '"1"'
    const { source } = open(
      () => [1, 2],
      () => etag,
    )
    const { skippedSha256: _sha, ...from }: Cursor = await takeRows(
      await source.fetch(request, null, null, signal),
      1,
    )
    expect(await linesOf(await source.fetch(request, null, from, signal))).toEqual(ALL.slice(1))
    etag = '"2"'
    await expect(source.fetch(request, null, from, signal)).rejects.toMatchObject({
      code: 'SOURCE_CHANGED',
    })
  })

  it('has a cursor in the form in which every version stores it', async () => {
    const { source } = open(
      () => [1, 2],
      () => '"1"',
    )
    const from = await takeRows(await source.fetch(request, null, null, signal), 3)
    const hex64 = expect.stringMatching(/^[0-9a-f]{64}$/)
    expect(from).toEqual({
      url: expect.stringContaining('p=2'),
      rowsToSkip: 1,
      skippedSha256: hex64,
      facts: {
        validator: expect.objectContaining({ etag: '"1"', apiVersion: 'v3', rowsVersion: 1 }),
        envelope: { id: '"x"' },
        requests: expect.any(Number),
        firstPageSha256: hex64,
      },
    })
  })

  it('starts over with a foreign cursor', async () => {
    const { source } = open(
      () => [1, 2],
      () => null,
    )
    await expect(source.fetch(request, null, { report: 7 }, signal)).rejects.toMatchObject({
      code: 'SOURCE_CHANGED',
    })
  })
})
