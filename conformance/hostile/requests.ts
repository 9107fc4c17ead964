/** Random requests from a seed that are forbidden or nonsensical. */
import type { Random } from '../../local/simulator/random.ts'
import { messageKinds } from './message-kinds.ts'
import type { RawRequest } from './raw-request.ts'
import type { Known } from './request-kind.ts'
import { targetKinds } from './target-kinds.ts'

const requestKinds = [...targetKinds, ...messageKinds]

/** Request number `index`. */
export function hostileRequest(random: Random, known: Known, index: number): RawRequest {
  const [what, make] = requestKinds[index % requestKinds.length] as (typeof requestKinds)[number]
  const made = make(random, known)
  const named = new Set((made.headers ?? []).map(([name]) => name.toLowerCase()))
  const usual = [
    ['Host', known.host],
    ['Authorization', `bearer ${known.key}`],
  ] as const
  return {
    what,
    method: made.method ?? 'GET',
    target: made.target ?? '/',
    headers: [...usual.filter(([name]) => !named.has(name.toLowerCase())), ...(made.headers ?? [])],
    body: made.body ?? '',
  }
}
