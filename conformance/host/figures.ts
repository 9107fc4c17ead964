/** Compares the local host with the recorded behaviour of the real one. */
import { exactly, type Figure } from '../../bench/measure.ts'
import { recordedRequests } from './recorded.ts'
import { differingRequests } from './requests.ts'
import { differingTriggers, triggerRules } from './triggers.ts'

export async function hostFigures(say: (line: string) => void): Promise<Figure[]> {
  const requests = await differingRequests()
  say(`${recordedRequests.length} requests, ${requests.length} differ`)
  const triggers = await differingTriggers()
  say(`${triggerRules.length} rules of triggers, ${triggers.length} differ`)
  for (const line of [...requests, ...triggers]) say(`DIFFERS ${line}`)
  const count = recordedRequests.length + triggerRules.length
  return [exactly('host-differing', requests.length + triggers.length, 0, `of ${count} rules`)]
}
