import { describe, expect, it } from 'vitest'
import type { DatasetName } from '../../../shared/datasets/dataset.ts'
import type { SourceDefinition } from '../../../shared/sources/source.ts'
import {
  type AnswerPolicy,
  answeringOrder,
  resolveSeries,
  seriesOfLink,
  seriesToFetch,
  seriesToRefresh,
  sourceToName,
  unnamedSource,
} from '../../../shared/usecases/resolve-series.ts'

type Standing = SourceDefinition['standing']

function source(kind: string, standing: Standing, ...datasets: DatasetName[]) {
  const offers = datasets.map((dataset) => ({ dataset, byDay: false }))
  return { definition: { kind, apiVersion: '1', standing, offers, periods: null } }
}

const first = source('first', 'live', 'usagedetails', 'pricesheet')
const second = source('second', 'live', 'usagedetails', 'balancesummary')
const kept = source('kept', 'kept', 'usagedetails')
const older = source('older', 'kept', 'usagedetails')

const named = { dataset: 'usagedetails', enrollment: '100', billingPeriod: '201704' }
const ANYTHING: AnswerPolicy = { answersFrom: {}, supersedes: [] }
const from = (kind: string, billingPeriod: string, enrollment = '100'): AnswerPolicy => {
  return { ...ANYTHING, answersFrom: { [kind]: { [enrollment]: billingPeriod } } }
}
const superseding = (kind: string, billingPeriod = '201704'): AnswerPolicy => {
  return { ...ANYTHING, supersedes: [{ ...named, source: kind, billingPeriod }] }
}

const both = [first, second]
const late = from('first', '201705')

/** Name, sources, those with a snapshot, the answering one; deviating settings and request. */
type Case = [
  name: string,
  sources: readonly { readonly definition: SourceDefinition }[],
  archived: readonly string[],
  answers: string,
  other?: { readonly policy?: AnswerPolicy; readonly asked?: Partial<typeof named> },
]

const CASES: Case[] = [
  ['the only source', [first], ['first'], 'first'],
  ['the only source, before its first snapshot', [first], [], 'first'],
  ['the first, if both have one', both, ['second', 'first'], 'first'],
  ['the other one, if the first has none', both, ['second'], 'second'],
  ['the first, if none has one: it would be fetched', both, [], 'first'],
  [
    'a source that offers the dataset',
    both,
    [],
    'second',
    { asked: { dataset: 'balancesummary' } },
  ],
  ['not one that does not', both, ['first'], 'second', { asked: { dataset: 'balancesummary' } }],
  ['the first of all if none offers it', both, [], 'first', { asked: { dataset: 'nothing' } }],

  [
    'from its first period on',
    both,
    ['first', 'second'],
    'first',
    { policy: from('first', '201704') },
  ],
  ['not before that', both, ['first', 'second'], 'second', { policy: late }],
  ['not even if nothing else has a snapshot', both, ['first'], 'second', { policy: late }],
  ['of each enrollment', both, ['first'], 'first', { policy: from('first', '201705', '200') }],
  [
    'any list of periods',
    both,
    ['first'],
    'first',
    { policy: late, asked: { billingPeriod: 'all' } },
  ],
  [
    'a live one, if all answer for later periods only',
    [kept, first],
    [],
    'first',
    { policy: late },
  ],

  ['a kept one if no live one has a snapshot', [kept, ...both], ['kept'], 'kept'],
  ['a live one before it, in any order', [kept, ...both], ['kept', 'second'], 'second'],
  ['a live one, if none has a snapshot', [kept, first], [], 'first'],
  ['the first of kept ones', [older, kept], ['kept', 'older'], 'older'],

  [
    'the one that supersedes',
    [first, kept],
    ['first', 'kept'],
    'kept',
    { policy: superseding('kept') },
  ],
  ['not before its snapshot', [first, kept], ['first'], 'first', { policy: superseding('kept') }],
  [
    'not for another period',
    [first, kept],
    ['first', 'kept'],
    'first',
    { policy: superseding('kept', '201703') },
  ],
  ['a live one to be fetched', [first, kept], [], 'first', { policy: superseding('kept') }],
  [
    'the kept one that does',
    [older, kept],
    ['kept', 'older'],
    'kept',
    { policy: superseding('kept') },
  ],
  ['no live one by name', both, ['first', 'second'], 'first', { policy: superseding('second') }],
]

describe('who answers', () => {
  it.each(CASES)('%s', (_name, sources, archived, answers, other = {}) => {
    const asked = { ...named, ...other.asked }
    const found = resolveSeries(sources, other.policy ?? ANYTHING, asked, new Set(archived))
    expect(found).toEqual({ ...asked, source: answers })
  })

  it('is the first one in order with a snapshot, for every combination', () => {
    const sources = [kept, first, older, second]
    const kinds = sources.map(({ definition }) => definition.kind)
    for (const policy of [ANYTHING, from('first', '201705'), superseding('older')]) {
      const order = answeringOrder(sources, policy, named).map((series) => series.source)
      for (let set = 0; set < 2 ** kinds.length; set++) {
        const archived = new Set(kinds.filter((_, i) => (set & (2 ** i)) !== 0))
        const expected =
          order.find((kind) => archived.has(kind)) ?? seriesToFetch(sources, policy, named).source
        expect(resolveSeries(sources, policy, named, archived).source).toBe(expected)
      }
    }
  })

  it('needs a source', () => {
    expect(() => resolveSeries([], ANYTHING, named, new Set())).toThrow('no source')
  })
})

describe('what a refresh fetches', () => {
  const sources = [kept, first, second]

  it('is the answering series of a live source', () => {
    const answering = { ...named, source: 'second' }
    expect(seriesToRefresh(sources, ANYTHING, answering)).toEqual(answering)
  })

  it('is the series of a live source if a kept one answers', () => {
    const answering = { ...named, source: 'kept' }
    expect(seriesToRefresh(sources, ANYTHING, answering)).toEqual({ ...named, source: 'first' })
    expect(seriesToRefresh(sources, from('first', '201705'), answering)).toEqual({
      ...named,
      source: 'second',
    })
  })
})

describe('a link', () => {
  it('names the source only if several offer the dataset', () => {
    const series = { ...named, source: 'second' }
    expect(sourceToName([first, second], series)).toBe('second')
    expect(sourceToName([second], series)).toBeNull()
    expect(sourceToName([first, second], { ...series, dataset: 'balancesummary' })).toBeNull()
  })

  it('to a page, without a source, means the one that was archived first', () => {
    const taken = new Map([
      ['first', '2026-11-02T00:00:00.000Z'],
      ['second', '2026-11-01T00:00:00.000Z'],
    ])
    expect(seriesOfLink(both, named, taken)).toEqual({ ...named, source: 'second' })
    expect(seriesOfLink(both, named, new Map())).toEqual({ ...named, source: 'first' })
  })

  it('to anything else, without a source, means the first live one that offers the dataset', () => {
    expect(unnamedSource([kept, first, second], 'usagedetails')).toBe('first')
    expect(unnamedSource([kept, first, second], 'balancesummary')).toBe('second')
    expect(unnamedSource([kept], 'usagedetails')).toBe('kept')
  })
})
