/** An archive of the archive: our source, pointed at our own server. Both must have the same content. */
import { exactly, type Figure } from '../bench/measure.ts'
import { datasets } from '../shared/datasets/catalogue.ts'
import { listSeries } from '../shared/usecases/read/list-series.ts'
import { newestSnapshot } from '../shared/usecases/read/read-snapshots.ts'
import { type Stack, startStack, type TestArchive } from '../testing/stack/archive-stack.ts'
import { serve } from './served.ts'

/** What two equal snapshots have in common (docs/archive-format.md, "Digests"). */
type Sameness = Readonly<Record<string, string>>

export async function selfArchiveFigures(say: (line: string) => void): Promise<Figure[]> {
  const stack = await startStack()
  let wrong = 0
  // Once with direct answers, and once with every large answer behind a redirect.
  for (const redirectOver of ['8388608', '20000']) {
    wrong += await differing(stack, redirectOver, say)
  }
  await stack.close()
  return [exactly('self-archive-differing', wrong, 0, 'series')]
}

async function differing(
  stack: Stack,
  redirectOver: string,
  say: (line: string) => void,
): Promise<number> {
  const day = '2017-05-12'
  const served = await serve(stack, {
    simulator: { day, rowsPerDay: 130, months: 3 },
    settings: { REDIRECT_OVER_BYTES: redirectOver, REDIRECT_JSON_OVER_BYTES: redirectOver },
  })
  const copy = await stack.fresh({ settings: { EA_REPORTING_ENDPOINT: served.url } })
  stack.services.vault.secrets.set(copy.secret, served.archive.key)
  await copy.run(day)
  const [first, second] = [await samenessOf(served.archive), await samenessOf(copy)]
  const names = Object.keys(first)
  const wrong = names.filter((name) => first[name] !== second[name])
  say(`redirects over ${redirectOver} bytes: ${names.length} series, ${wrong.length} differ`)
  for (const name of wrong) say(`DIFFERS ${name}:\n  ${first[name]}\n  ${second[name]}`)
  for (const line of served.failures) say(`FAILED ${line.slice(0, 300)}`)
  if (names.length < 8) wrong.push('nothing was compared')
  await copy.close()
  await served.close()
  return wrong.length + served.failures.length
}

/** Every series except the list of periods, whose routes contain the requested version. */
async function samenessOf({ deps }: TestArchive): Promise<Sameness> {
  const { snapshots, sources } = deps.archive
  const found: Record<string, string> = {}
  for await (const series of listSeries(snapshots, sources)) {
    const dataset = datasets.find(({ name }) => name === series.dataset)
    if (dataset?.perPeriod !== true) continue
    const newest = await newestSnapshot(snapshots, series)
    const { contentSha256, rowCount, totals, parts } = newest?.manifest ?? {}
    const what = { contentSha256, rowCount, totals, parts: parts?.length }
    found[`${series.dataset} ${series.billingPeriod}`] = JSON.stringify(what)
  }
  return found
}
