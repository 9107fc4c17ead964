/** Checks that published clients get the billed data from the archive. */
import { atLeast, exactly, type Figure } from '../../bench/measure.ts'
import { type Stack, startStack } from '../../testing/stack/archive-stack.ts'
import type { Place } from '../clients/old-clients.ts'
import { serve } from '../served.ts'
import type { Billed, RealClient } from './client.ts'
import { csvClients } from './csv-clients.ts'
import { reportClients } from './report-clients.ts'
import { usageClients } from './usage-clients.ts'

export const realClients: readonly RealClient[] = [...usageClients, ...reportClients, ...csvClients]

export async function realClientFigures(say: (line: string) => void): Promise<Figure[]> {
  const stack = await startStack()
  const wrong = await wrongClients(stack, realClients, say)
  await stack.close()
  return [
    atLeast('real-clients', realClients.length, 24, 'clients'),
    exactly('real-clients-wrong', wrong, 0, 'clients'),
  ]
}

/** How many of the clients get something else, or fail. */
export async function wrongClients(
  stack: Stack,
  clients: readonly RealClient[],
  say: (line: string) => void,
): Promise<number> {
  // April has settled; May is open, and has a thousand rows and more on its days.
  const served = await serve(stack, {
    simulator: { day: '2017-05-12', rowsPerDay: 95, months: 3 },
  })
  const { simulator, key } = served.archive
  let wrong = 0
  for (const client of clients) {
    const fault = await faultOf(client, { url: served.url, key }, (path) => simulator.rows(path))
    say(`${client.name}: ${fault ?? 'as billed'}`)
    if (fault !== null) wrong++
  }
  for (const line of served.failures) say(`FAILED ${line.slice(0, 300)}`)
  await served.close()
  return wrong + served.failures.length
}

async function faultOf(
  { run, expected, rule }: RealClient,
  place: Place,
  billed: Billed,
): Promise<string | null> {
  try {
    const [found, wanted] = [await run(place), expected(billed)]
    if (wanted.length === 0) return 'the bill has no data for this client'
    const at = wanted.findIndex((one, i) => one !== found[i])
    if (at < 0 && found.length === wanted.length) return null
    const seen = `${found[at] ?? 'nothing'}, not ${wanted[at] ?? 'nothing'}`
    return `WRONG (${rule}): ${found.length} of ${wanted.length}; the ${at + 1}th is ${seen}`
  } catch (error) {
    return `FAILED (${rule}): ${(error as Error).message}`
  }
}
