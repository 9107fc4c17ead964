/** Old clients against the archive and against the simulated API: the same results, row for row. */
import { exactly, type Figure } from '../../bench/measure.ts'
import { type Stack, startStack } from '../../testing/stack/archive-stack.ts'
import { serve } from '../served.ts'
import { currentClients, type OldClient, oldClients, type Place, type Rows } from './old-clients.ts'

export async function oldClientFigures(say: (line: string) => void): Promise<Figure[]> {
  const stack = await startStack()
  const settled = await differing(stack, '2017-05-12', oldClients, say)
  const current = await differing(stack, '2017-05-01', currentClients, say)
  await stack.close()
  return [exactly('old-clients-differing', settled + current, 0, 'clients')]
}

async function differing(
  stack: Stack,
  day: string,
  clients: readonly OldClient[],
  say: (line: string) => void,
): Promise<number> {
  const served = await serve(stack, {
    simulator: { day, rowsPerDay: 120, months: 4 },
    // Large answers redirect these clients too.
    settings: { REDIRECT_OVER_BYTES: '200000', REDIRECT_JSON_OVER_BYTES: '200000' },
  })
  const { simulator, key, sourceKey } = served.archive
  const here: Place = { url: served.url, key }
  const there: Place = { url: simulator.url, key: sourceKey }
  let wrong = 0
  for (const client of clients) {
    const fault = await compared(client, here, there)
    say(`${client.name}: ${fault}`)
    if (!fault.startsWith('the same')) wrong++
  }
  for (const line of served.failures) say(`FAILED ${line.slice(0, 300)}`)
  await served.close()
  return wrong + served.failures.length
}

async function compared({ run }: OldClient, here: Place, there: Place): Promise<string> {
  try {
    const [found, expected]: Rows[] = await Promise.all([run(here), run(there)])
    if (found === undefined || expected === undefined || expected.length === 0) return 'no rows'
    const at = expected.findIndex((row, i) => row !== found[i])
    if (at < 0 && found.length === expected.length) return `the same ${expected.length} rows`
    const rows = `${found.length} rows, not ${expected.length}`
    return `DIFFERS: ${rows}; row ${at}:\n  ${found[at]}\n  ${expected[at]}`
  } catch (error) {
    return `FAILED: ${(error as Error).message}`
  }
}
