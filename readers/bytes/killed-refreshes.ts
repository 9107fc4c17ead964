/** A host is killed at each write of a refresh, and another one finishes it: the files must be those of a host that lives. */
import { createHash } from 'node:crypto'
import { refreshView } from '../../shared/usecases/view/refresh-view.ts'
import { type MemoryStorage, memoryStorage } from '../../testing/simulation/memory-storage.ts'
import { sealedMonth } from '../../testing/simulation/sealed-month.ts'
import { type DeathAt, mortal } from '../../testing/stack/mortal.ts'
import { daysFrom, rowsOfDay } from '../archive/dated-rows.ts'
import { FIRST_DAY } from '../archive/row-server.ts'

const DAYS = 3
const ROWS_A_DAY = 300

export interface Killed {
  readonly kills: number
  /** Files that differ, with the place of the kill. */
  readonly differing: readonly string[]
}

export async function killedRefreshes(): Promise<Killed> {
  const month = sealedMonth()
  const pages = (revision: number): Record<string, string> =>
    Object.fromEntries(
      daysFrom(FIRST_DAY, DAYS).map((day, i) => [
        day,
        `[${rowsOfDay(day, ROWS_A_DAY, i === 1 ? revision : 0).join(',')}]`,
      ]),
    )
  const first = await month.seal(pages(0))
  const second = await month.seal(pages(1))
  const hostOn = (storage: MemoryStorage) => ({ ...month.archive, view: storage.view })

  async function refreshed(deathAt: DeathAt | null) {
    const storage = memoryStorage(Date.now)
    const archive = hostOn(storage)
    await refreshView(archive, first)
    const host = mortal({ archive }, deathAt)
    await Promise.race([refreshView(host.deps.archive, second), host.died])
    if (deathAt !== null) await refreshView(archive, second)
    return { files: digests(storage), writes: host.writes() }
  }

  const alive = await refreshed(null)
  const differing: string[] = []
  let kills = 0
  for (let write = 1; write <= alive.writes; write++) {
    for (const moment of ['before', 'after'] as const) {
      const { files } = await refreshed({ moment, write })
      kills++
      const names = [...alive.files.keys()].filter(
        (name) => files.get(name) !== alive.files.get(name),
      )
      differing.push(...names.map((name) => `${name}, killed ${moment} write ${write}`))
    }
  }
  return { kills, differing }
}

function digests({ stored }: MemoryStorage): Map<string, string> {
  const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex')
  return new Map([...stored.view].map(([name, { bytes }]) => [name, sha256(bytes)]))
}
