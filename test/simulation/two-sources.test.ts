/** An archive in which two sources have the same data: all parts agree on the answering source. */
import { describe, expect, it } from 'vitest'
import { ledgerName } from '../../shared/format/layout.ts'
import { parseLedger } from '../../shared/format/ledger.ts'
import { reconcileAll } from '../../shared/usecases/reconcile/reconcile-all.ts'
import { writeLedger } from '../../shared/usecases/seal/write-ledger.ts'
import { allSay, answersOf, EA, twoSources } from '../../testing/simulation/two-sources.ts'
import { FAKE } from '../../testing/sources/fake-source.ts'

const signal = AbortSignal.any([])

describe.each([
  [FAKE, EA],
  [EA, FAKE],
])('where %s comes before %s', (best, other) => {
  it('the other one answers until the first has a snapshot, for all readers', async () => {
    const archive = await twoSources({ order: [best, other] })
    await archive.archiveBalance(other, '3')
    await archive.archive(other, ['1', '2'])
    expect(await answersOf(archive)).toEqual(allSay(other))

    await archive.archive(best, ['4'])
    expect(await answersOf(archive)).toEqual(allSay(best))

    // Later data of the other one changes nothing, but is still archived.
    await archive.archive(other, ['1', '2', '3'])
    expect(await answersOf(archive)).toEqual(allSay(best))
  })

  it('a ledger lists the series of both', async () => {
    const archive = await twoSources({ order: [best, other] })
    await archive.archive(other, ['1'])
    await archive.archive(best, ['2'])
    await writeLedger(archive.http.deps.archive)
    const { bytes } = archive.http.storage.stored.snapshots.get(ledgerName(1)) ?? {}
    const { entries } = parseLedger(bytes ?? Buffer.alloc(0), 'ledger')
    expect(entries.map(({ series }) => series)).toEqual([
      'ea-reporting/usagedetails/enrollment=100/period=201704/',
      'fake-reports/usagedetails/enrollment=100/period=201704/',
    ])
  })
})

describe('a kept source', () => {
  it('answers until a live one has a snapshot, even though it comes first', async () => {
    const archive = await twoSources({ order: [FAKE, EA], standing: 'kept' })
    await archive.archiveBalance(FAKE, '1')
    await archive.archive(FAKE, ['1'])
    expect(await answersOf(archive)).toEqual(allSay(FAKE))
    await archive.archive(EA, ['2'])
    expect(await answersOf(archive)).toEqual(allSay(EA))
    await archive.archive(FAKE, ['3'])
    expect(await answersOf(archive)).toEqual(allSay(EA))
  })

  it('answers where it supersedes by name', async () => {
    const series = { source: FAKE, dataset: 'usagedetails', enrollment: '100' }
    const supersedes = [{ ...series, billingPeriod: '201704' }]
    const answers = { answersFrom: {}, supersedes }
    const archive = await twoSources({ order: [EA, FAKE], standing: 'kept', answers })
    await archive.archiveBalance(EA, '2')
    await archive.archive(EA, ['2'])
    expect(await answersOf(archive)).toEqual(allSay(EA))
    await archive.archive(FAKE, ['1'])
    expect(await answersOf(archive)).toEqual(allSay(FAKE))
  })
})

describe('a source that answers from a billing period on', () => {
  it('leaves earlier ones to the other source, even if it has them', async () => {
    const answers = { answersFrom: { [FAKE]: { '100': '201705' } }, supersedes: [] }
    const archive = await twoSources({ order: [FAKE, EA], answers })
    await archive.archiveBalance(EA, '2')
    await archive.archive(FAKE, ['1'])
    const { http } = archive
    const rows = '/archive/enrollments/100/usagedetails/201704/rows'
    expect((await http.ask(rows)).status).toBe(404)
    expect((await http.ask('/v3/enrollments/100/usagedetails')).status).toBe(404)
    const periods = await http.ask('/archive/enrollments/100/periods')
    expect(periods.json<{ periods: object[] }>().periods).toMatchObject([
      { billingPeriod: '201704', datasets: [{ dataset: 'balancesummary' }] },
    ])
    await archive.archive(EA, ['2'])
    expect(await answersOf(archive)).toEqual(allSay(EA))
    expect((await http.ask(`${rows}?source=${FAKE}`)).headers.get('x-archive-source')).toBe(FAKE)
  })
})

describe('a reconciliation', () => {
  it('compares the answering series, which may be of two sources', async () => {
    const archive = await twoSources({ order: [FAKE, EA] })
    await archive.archiveBalance(EA, '7')
    await archive.archive(EA, ['3', '3.5'])
    const usage = { relation: 'sum of usage costs = totalUsage' }
    expect(await reconcileAll(archive.http.deps.archive, signal)).toMatchObject([
      { relations: [{ ...usage, left: '6.5', right: '7', agrees: false }] },
    ])
    await archive.archive(FAKE, ['7.00'])
    expect(await reconcileAll(archive.http.deps.archive, signal)).toMatchObject([
      { relations: [{ ...usage, left: '7', right: '7', agrees: true }] },
    ])
    await archive.archiveBalance(FAKE, '9')
    expect(await reconcileAll(archive.http.deps.archive, signal)).toMatchObject([
      { relations: [{ ...usage, left: '7', right: '9', agrees: false }] },
    ])
  })
})
