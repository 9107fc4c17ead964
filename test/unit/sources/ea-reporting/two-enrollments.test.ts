/**
 * Facts about one enrollment's answers are never reported for another one, whatever was read before or at the
 * same time.
 */
import { describe, expect, it } from 'vitest'
import { usageDetails } from '../../../../shared/datasets/usage-details.ts'
import type { SourceRows } from '../../../../shared/sources/source.ts'
import { scripted, usageOf } from '../../../../testing/sources/scripted-source.ts'

const signal = new AbortController().signal

const row = (...others: string[]): string =>
  `{${[...usageDetails.columns.map(({ name }) => `"${name}":${name === 'cost' ? 1 : null}`), ...others.map((name) => `"${name}":1`)].join()}}`

describe('two enrollments', () => {
  it('never get fields of each other reported, not even after a truncated body', async () => {
    const { source } = scripted(({ url }, number) => ({
      body: url.pathname.includes('/100/')
        ? `[${row('both', 'secretOf100')},${row('both', 'secretOf100').slice(0, number % 2 === 0 ? -1 : -4)}`
        : `[${row('both')},${row('both')}]`,
    }))
    await expect(source.fetch(usageOf('100'), null, null, signal)).rejects.toMatchObject({
      code: 'ROWS_CUT',
    })
    const answer = await source.fetch(usageOf('200'), null, null, signal)
    const names = new Set<string>()
    if (answer.kind === 'rows') {
      for await (const { batch } of answer.batches)
        for (const name of batch.unknownFields) names.add(name)
    }
    expect([...names]).toEqual(['both'])
  })

  it('get their own fields reported if their bodies arrive at the same time', async () => {
    const bodyOf = (enrollment: string): string[] => [
      `[${row(`of${enrollment}`, 'both')}`,
      ...Array.from({ length: 5 }, () => `,${row(`of${enrollment}`, 'both')}`),
      ']',
    ]
    const { source } = scripted(({ url }) => ({ body: bodyOf(url.pathname.split('/')[3] ?? '') }), {
      pageBytes: 10,
    })
    const names = new Map<string, Set<string>>()
    const iterators: [string, AsyncIterator<SourceRows>][] = []
    for (const enrollment of ['100', '200', '300']) {
      const answer = await source.fetch(usageOf(enrollment), null, null, signal)
      if (answer.kind === 'rows')
        iterators.push([enrollment, answer.batches[Symbol.asyncIterator]()])
      names.set(enrollment, new Set())
    }
    for (let isDone = false; !isDone; ) {
      isDone = true
      for (const [enrollment, iterator] of iterators) {
        const { done, value } = await iterator.next()
        if (done === true) continue
        isDone = false
        for (const name of value.batch.unknownFields) names.get(enrollment)?.add(name)
      }
    }
    expect(names).toEqual(
      new Map(['100', '200', '300'].map((one) => [one, new Set([`of${one}`, 'both'])])),
    )
  })
})
