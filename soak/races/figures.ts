import pMap from 'p-map'
import { atLeast, exactly, type Figure } from '../../bench/measure.ts'
import { startStack } from '../../testing/stack/archive-stack.ts'
import { type Race, race } from './races.ts'

const CONCURRENCY = 6

/** Number of races, a third of each kind. */
export async function raceFigures(races: number, say: (line: string) => void): Promise<Figure[]> {
  const stack = await startStack(races)
  const kinds: readonly Race[] = ['two-hosts', 'one-message', 'two-plans']
  const wrong: string[] = []
  let done = 0
  const all = Array.from({ length: races }, (_, i) => kinds[i % kinds.length] as Race)
  await pMap(
    all,
    async (kind) => {
      const found = await race(stack, kind)
      for (const line of found) say(`WRONG ${line}`)
      if (found.length > 0) wrong.push(found.join('; '))
      if (++done % 10 === 0) say(`${done} of ${races} races, ${wrong.length} wrong`)
    },
    { concurrency: CONCURRENCY },
  )
  await stack.close()
  return [atLeast('races', done, 50, 'races'), exactly('races-wrong', wrong.length, 0, 'races')]
}
