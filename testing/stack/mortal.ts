/** Hosts that die: after that, their storage calls and promises never resolve. */
import type { Deps } from '../../shared/deps.ts'

export interface Mortal<Host = Deps> {
  readonly deps: Host
  /** Resolves when the host has died. */
  readonly died: Promise<void>
  /** Number of writes that the host has begun. */
  writes(): number
  kill(): void
}

/** When a host dies: before or after its write number `write`, starting at 1. */
export interface DeathAt {
  readonly moment: 'before' | 'after'
  readonly write: number
}

const READS = new Set(['read', 'readRange', 'head', 'blocks'])

/**
 * `deps` for the use cases of one host. When it dies, no call returns and no write reaches storage, as with a
 * killed process.
 */
export function mortal<Host extends Pick<Deps, 'archive'>>(
  deps: Host,
  deathAt: DeathAt | null,
): Mortal<Host> {
  let writes = 0
  let isDead = false
  const died = Promise.withResolvers<void>()
  const never = new Promise<never>(() => {})

  function kill(): void {
    isDead = true
    died.resolve()
  }

  async function call(work: () => Promise<unknown>, isWrite: boolean): Promise<unknown> {
    if (isDead) return never
    const number = isWrite ? ++writes : 0
    const isHit = isWrite && deathAt?.write === number
    if (isHit && deathAt?.moment === 'before') kill()
    if (isDead) return never
    const result = await work()
    if (isHit) kill()
    return isDead ? never : result
  }

  function wrap<T extends object>(port: T): T {
    return new Proxy(port, {
      get(target, name, receiver) {
        const member: unknown = Reflect.get(target, name, receiver)
        if (typeof member !== 'function') return member
        return (...args: unknown[]) => {
          if (name === 'upload') return wrap(Reflect.apply(member, target, args) as object)
          if (name === 'list' || name === 'folders' || name === 'stream') {
            return Reflect.apply(member, target, args) as unknown
          }
          const isWrite = !READS.has(String(name)) && name !== 'fetchPart'
          return call(() => Reflect.apply(member, target, args) as Promise<unknown>, isWrite)
        }
      },
    })
  }

  const { archive } = deps
  const { snapshots, state, view, queue } = archive
  return {
    deps: {
      ...deps,
      archive: {
        ...archive,
        snapshots: wrap(snapshots),
        state: wrap(state),
        view: wrap(view),
        queue: wrap(queue),
      },
    },
    died: died.promise,
    writes: () => writes,
    kill,
  }
}
