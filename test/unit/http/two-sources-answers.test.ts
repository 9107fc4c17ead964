/** Histories, downloads and refreshes of an archive in which two sources have the same data. */
import { describe, expect, it } from 'vitest'
import { memoryHttp } from '../../../testing/simulation/memory-http.ts'
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

describe('the history', () => {
  it('of another source is available by its name, with links to the same source', async () => {
    const archive = await eaAnswers(['1.5'])
    await archive.archive(EA, ['1.5', '2.5'])
    await archive.archive(FAKE, ['9.5'])
    const { http } = archive
    const numbers = async (query: string) => {
      const { text, ...answer } = await http.ask(`${SERIES}/snapshots${query}`)
      expect(answer.status, text).toBe(200)
      return answer.json<{ source: string; snapshots: { number: number }[]; next: string | null }>()
    }
    expect(await numbers('')).toMatchObject({ source: FAKE, snapshots: [{ number: 1 }] })
    const first = await numbers(`?source=${EA}&limit=1`)
    expect(first).toMatchObject({ source: EA, snapshots: [{ number: 2 }] })
    const rest = await http.ask(pathOf(first.next))
    expect(rest.json()).toMatchObject({ source: EA, snapshots: [{ number: 1 }], next: null })
    for (const { manifest, rows } of rest.json<{ snapshots: Record<string, string>[] }>()
      .snapshots) {
      expect(await sourceOf(archive, pathOf(manifest))).toBe(EA)
      expect(await sourceOf(archive, pathOf(rows))).toBe(EA)
    }
  })

  it('of an unknown source is an error', async () => {
    const { http } = await eaAnswers()
    const { status, text } = await http.ask(`${SERIES}/rows?source=gone`)
    expect(status).toBe(400)
    expect(text).toContain('the sources are: fake-reports, ea-reporting')
    expect((await http.ask(`${SERIES}/rows?source=../x`)).status).toBe(400)
    expect((await http.ask(`${SERIES}/rows?source=${FAKE}`)).status).toBe(404)
  })

  it('as of a time is that of the source that answered then', async () => {
    const archive = await eaAnswers(['1.5'])
    archive.http.sleep(86_400_000)
    await archive.archive(FAKE, ['9.5'])
    archive.http.sleep(86_400_000)
    await archive.archive(EA, ['2.5'])
    const at = (day: string) => sourceOf(archive, `${SERIES}/rows?asOf=2017-06-${day}T12:00:00Z`)
    expect(await Promise.all([at('20'), at('21'), at('22'), at('23')])).toEqual([
      EA,
      FAKE,
      FAKE,
      FAKE,
    ])
    const early = await archive.http.ask(`${SERIES}/rows?asOf=2017-06-01`)
    expect(early.status).toBe(404)
    expect(early.text).toContain('was known at')
  })

  it('by number is final only if the source is named', async () => {
    const archive = await eaAnswers()
    const kept = async (path: string) =>
      (await archive.http.ask(path)).headers.get('cache-control') ?? ''
    const path = `${SERIES}/snapshots/1`
    expect(await kept(path)).not.toContain('immutable')
    expect(await kept(`${path}?source=${EA}`)).toContain('immutable')
    const rows = await archive.http.ask(path)
    await archive.archive(FAKE, ['9.5'])
    expect((await archive.http.ask(path)).text).not.toBe(rows.text)
  })
})

describe('a composed answer', () => {
  it('uses, for each period, the source that answered at the time of the request', async () => {
    const archive = await twoSources({ order: [FAKE, EA], serving: { waitRows: 0 } })
    await archive.archive(EA, ['1.5'])
    await archive.archive(FAKE, ['2.5'], '201705')
    const { http } = archive
    const path = '/archive/enrollments/100/usagedetails/totals?sum=cost&groupBy=billingPeriod'
    expect((await http.ask(path)).status).toBe(202)
    await archive.archive(EA, ['8.5'], '201705')
    await http.compose()
    const { status, headers } = await http.ask(path)
    expect(status).toBe(307)
    expect(JSON.parse(http.fileAt(headers.get('location')))).toMatchObject({
      snapshots: [
        { source: EA, billingPeriod: '201704' },
        { source: FAKE, billingPeriod: '201705' },
      ],
      totals: { cost: '4' },
    })
    await archive.archive(FAKE, ['100'])
    expect((await http.ask(path)).status).toBe(202)
  })

  it('of the old API has the rows of both', async () => {
    const archive = await twoSources({ order: [FAKE, EA], serving: { redirectOverBytes: 100 } })
    await archive.archive(EA, ['1.5'])
    await archive.archive(FAKE, ['2.5'], '201705')
    const { http } = archive
    const dates = 'startTime=2017-04-01&endTime=2017-05-31'
    const path = `/v3/enrollments/100/usagedetails/submit?${dates}`
    const report = await http.ask(path, { method: 'POST' })
    expect(report.status, report.text).toBe(200)
    await http.compose()
    const { reportUrl } = report.json<{ reportUrl: string }>()
    const { blobPath } = (await http.ask(pathOf(reportUrl))).json<{ blobPath: string }>()
    const csv = http.fileAt(blobPath)
    expect(csv).toContain('1.5')
    expect(csv).toContain('2.5')
  })
})

describe('a refresh', () => {
  const post = async ({ http }: TwoSources, query = '') => {
    const answer = await http.ask(`${SERIES}/refresh${query}`, { method: 'POST' })
    expect(answer.status, answer.text).toBe(202)
    return answer.json<{ id: string; source: string; url: string }>()
  }

  it('fetches the answering series, and its id names the source', async () => {
    const archive = await twoSources({ order: [EA, FAKE] })
    await archive.archive(FAKE, ['1.5'])
    archive.http.sleep(3_600_000)
    const { id, source, url } = await post(archive)
    expect(source).toBe(FAKE)
    expect(id).toMatch(/^fake-reports\.usagedetails\.100\.201704\./)
    await archive.archive(EA, ['2.5'])
    expect((await archive.http.ask(pathOf(url))).json()).toMatchObject({ id, source: FAKE })
  })

  it('with an id without a source belongs to the first one that offers the dataset', async () => {
    const archive = await twoSources({ order: [FAKE, EA] })
    await archive.archive(FAKE, ['1.5'])
    archive.http.sleep(3_600_000)
    const { id } = await post(archive)
    const earlier = id.replace('fake-reports.', '')
    const { status, ...answer } = await archive.http.ask(`/archive/refreshes/${earlier}`)
    expect(status).toBe(200)
    expect(answer.json()).toMatchObject({ id, source: FAKE })
  })

  it.each([
    'a.b.c.100.201704.12345678',
    '100.201704.12345678',
    'UPPER.usagedetails.100.201704.12345678',
  ])('does not exist for the id %s', async (id) => {
    const { http } = await eaAnswers()
    expect((await http.ask(`/archive/refreshes/${id}`)).status).toBe(400)
  })

  it('fetches from the named source, and never from one that only keeps data', async () => {
    const archive = await twoSources({ order: [FAKE, EA] })
    await archive.archive(EA, ['1.5'])
    archive.http.sleep(3_600_000)
    expect((await post(archive, `?source=${FAKE}`)).source).toBe(FAKE)

    const kept = await twoSources({ order: [FAKE, EA], standing: 'kept' })
    await kept.archive(FAKE, ['1.5'])
    const answer = await kept.http.ask(`${SERIES}/refresh`, { method: 'POST' })
    expect(answer.status).toBe(404) // EA lists no period, and FAKE gets no request
  })
})

describe('the state of the archive', () => {
  it('distinguishes the series of both, and shows which one answers', async () => {
    const archive = await eaAnswers()
    await archive.archive(FAKE, ['2.5'])
    const { http } = archive
    const { series } = (await http.ask('/archive/health')).json<{ series: object[] }>()
    const named = { dataset: 'usagedetails', enrollment: '100', billingPeriod: '201704' }
    expect(
      series.filter((each) => 'dataset' in each && each.dataset === 'usagedetails'),
    ).toMatchObject([
      { ...named, source: EA, answers: false, number: 1 },
      { ...named, source: FAKE, answers: true, number: 1 },
    ])
  })
})

describe('an archive with one source', () => {
  it('does not name it: answers and links are the same as before sources could be several', async () => {
    const http = await memoryHttp()
    const rows = `[${Array.from({ length: 1_200 }, () => '{"cost":1.5}').join(',')}]`
    await http.archive({ billingPeriod: '201704' }, rows)
    const paths = [
      `${SERIES}/rows`,
      `${SERIES}/snapshots`,
      `${SERIES}/snapshots/1`,
      '/archive/enrollments/100/usagedetails/totals',
      '/archive/health',
      '/archive/verification',
      '/v3/enrollments/100/billingPeriods/201704/usagedetails',
    ]
    for (const path of paths) {
      const { status, headers, text } = await http.ask(path)
      expect(status, path).toBe(200)
      expect(headers.has('x-archive-source'), path).toBe(false)
      if (!path.endsWith('/snapshots/1')) expect(text, path).not.toMatch(/"source"|[?&]source=/)
    }
    const link = (await http.ask(paths.at(-1) ?? '')).json<{ nextLink: string }>().nextLink
    const token = Buffer.from(new URL(link).searchParams.get('skiptoken') ?? '', 'base64url')
    expect(token.toString()).toBe('{"s":[["201704",1]],"at":[0,0,1,0]}')
  })
})
