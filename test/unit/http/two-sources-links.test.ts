/** Links and tokens of an archive in which two sources have the same data. */
import { describe, expect, it } from 'vitest'
import { decodeContinuation } from '../../../shared/http/reporting/continuation.ts'
import {
  EA,
  eaAnswers,
  pathOf,
  SERIES,
  sourceOf,
  type TwoSources,
  twoSources,
} from '../../../testing/simulation/two-sources.ts'
import { FAKE } from '../../../testing/sources/fake-source.ts'

const OLD = '/v3/enrollments/100/billingPeriods/201704/usagedetails'

interface Page {
  readonly rows?: readonly { readonly cost: number }[]
  readonly data?: readonly { readonly cost: number }[]
  readonly next?: string | null
  readonly nextLink?: string | null
}

const many = (count: number, cost: string): string[] => Array.from({ length: count }, () => cost)

/** Follows the links from `first` to the last page; `between` runs after the first one. */
async function walk({ http }: TwoSources, first: string, between: () => Promise<void>) {
  const costs: number[] = []
  const links: string[] = []
  for (let next: string | null = first; next !== null; ) {
    const { status, text, ...answer } = await http.ask(next)
    expect(status, text).toBe(200)
    const page = answer.json<Page>()
    costs.push(...(page.rows ?? page.data ?? []).map(({ cost }) => cost))
    const link = page.next ?? page.nextLink ?? null
    if (links.length === 0) await between()
    if (link !== null) links.push(link)
    next = link === null ? null : pathOf(link)
  }
  return { costs, links }
}

describe('a walk over pages', () => {
  it.each([
    ['the old API', OLD],
    ['the archive', `${SERIES}/rows?limit=400`],
    ['the archive as of a time', `${SERIES}/rows?limit=400&asOf=2017-06-21`],
  ])('of %s continues with the source where it began', async (_name, first) => {
    const archive = await eaAnswers(many(2_100, '1.5'))
    const { costs, links } = await walk(archive, first, () =>
      archive.archive(FAKE, many(2_100, '2.5')),
    )
    expect(costs).toEqual(Array.from({ length: 2_100 }, () => 1.5))
    expect(links.length).toBeGreaterThan(1)
    expect(await sourceOf(archive, first.replace(/&asOf.*/, ''))).toBe(FAKE)
  })

  it('over custom dates continues with the source of each period', async () => {
    const archive = await eaAnswers(many(1_200, '1.5'))
    await archive.archive(FAKE, many(1_200, '2.5'), '201705')
    const dates = 'startTime=2017-04-01&endTime=2017-05-31'
    const { costs, links } = await walk(
      archive,
      `/v3/enrollments/100/usagedetailsbycustomdate?${dates}`,
      async () => {
        await archive.archive(FAKE, ['9'])
        await archive.archive(EA, ['9'], '201705')
      },
    )
    expect(costs).toEqual([...many(1_200, '1.5'), ...many(1_200, '2.5')].map(Number))
    expect(links.map((link) => decodeContinuation(tokenOf(link)).snapshots)).toContainEqual([
      { billingPeriod: '201704', number: 1, source: EA },
      { billingPeriod: '201705', number: 1, source: FAKE },
    ])
  })
})

function tokenOf(link: string): string {
  return new URL(link).searchParams.get('skiptoken') ?? ''
}

describe('a link that names no source', () => {
  const token = Buffer.from('{"s":[["201704",1]],"at":[0,0,1,0]}').toString('base64url')
  const cursor = `${SERIES}/snapshots/1/rows?cursor=0-1-0`

  it.each([
    ['after', [EA, FAKE]],
    ['before', [FAKE, EA]],
  ] as const)(
    'means the source that was archived first; the other comes %s it',
    async (_name, order) => {
      const archive = await twoSources({ order })
      await archive.archive(EA, many(1_200, '1.5'))
      await archive.archive(FAKE, many(1_200, '2.5'))
      await archive.archive(EA, ['9'])
      for (const path of [`${OLD}?skiptoken=${token}`, cursor]) {
        const { costs } = await walk(archive, path, async () => {})
        expect(costs, path).toEqual(many(200, '1.5').map(Number))
      }
    },
  )

  it('is what an archive with one source returns, as before', async () => {
    const { http } = await twoSources({ order: [FAKE, EA] })
    await http.archive({ dataset: 'pricesheet', billingPeriod: '201704' }, '[{"unitPrice":1}]')
    const prices = '/archive/enrollments/100/pricesheet/201704'
    const { text } = await http.ask(`${prices}/snapshots`)
    expect(text).not.toContain('?source=')
    const { headers } = await http.ask(`${prices}/snapshots/1`)
    expect(headers.get('cache-control')).toContain('immutable')
  })
})

describe('a skiptoken', () => {
  const tokenWith = (kind: string) =>
    Buffer.from(`{"s":[["201704",1,0]],"k":["${kind}"],"at":[0,0,0,0]}`).toString('base64url')

  it.each(['gone', '..', 'ea-reporting/usagedetails', 'EA-Reporting', ''])(
    'of a source called "%s" is rejected',
    async (kind) => {
      const { http } = await eaAnswers()
      expect((await http.ask(`${OLD}?skiptoken=${tokenWith(kind)}`)).status).toBe(400)
    },
  )

  it('of a source that offers only other datasets is rejected', async () => {
    const { http } = await eaAnswers()
    await http.archive({ dataset: 'pricesheet', billingPeriod: '201704' }, '[{"unitPrice":1}]')
    const path = '/v3/enrollments/100/billingPeriods/201704/pricesheet'
    expect((await http.ask(`${path}?skiptoken=${tokenWith(FAKE)}`)).status).toBe(400)
  })
})
