/**
 * Kills this host at a chosen write to storage, so that tests can show that the next host recovers.
 * `LOCAL_FAULT_AT` is `before:7` or `after:7`: the seventh write since the host started.
 */

import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Deps } from '../../shared/deps.ts'

/** The writing methods of each port; reads are not fault points. */
const WRITES = {
  snapshots: ['create', 'commit'],
  state: ['write'],
  view: ['stage', 'commit'],
  queue: ['send'],
} as const

export async function armFaultPoints(folder: string): Promise<void> {
  const at = process.env['LOCAL_FAULT_AT']
  const isCounting = process.env['LOCAL_COUNT_WRITES'] === '1'
  if (at === undefined && !isCounting) return
  // The built module, which the loaded functions use too.
  const url = pathToFileURL(join(folder, 'dist/shared/deps.js')).href
  const { decorateDeps } = (await import(url)) as {
    decorateDeps: (decorate: (deps: Deps) => Deps) => void
  }
  decorateDeps((deps) => withFaults(deps, at ?? ''))
}

function withFaults(deps: Deps, at: string): Deps {
  let writes = 0
  const die = (moment: string): void => {
    if (at === `${moment}:${writes}`) process.kill(process.pid, 'SIGKILL')
  }

  /** `port` with its methods `names` counted; each call is a fault point before and after. */
  function counted<T extends object>(port: T, names: readonly string[]): T {
    const copy = { ...port } as Record<string, unknown>
    for (const name of names) {
      const method = copy[name]
      if (typeof method !== 'function') continue
      copy[name] = async (...args: unknown[]): Promise<unknown> => {
        writes++
        const number = writes
        process.stdout.write(
          `${JSON.stringify({ level: 'debug', message: `{"event":"write","number":${number},"name":"${name}"}` })}\n`,
        )
        die('before')
        const result = (await Reflect.apply(method, port, args)) as unknown
        if (at === `after:${number}`) process.kill(process.pid, 'SIGKILL')
        return result
      }
    }
    return copy as T
  }

  const { archive } = deps
  const snapshots = counted(archive.snapshots, WRITES.snapshots)
  return {
    ...deps,
    archive: {
      ...archive,
      snapshots: {
        ...snapshots,
        upload: (name, options) => counted(archive.snapshots.upload(name, options), ['commit']),
      },
      state: counted(archive.state, WRITES.state),
      view: counted(archive.view, WRITES.view),
      queue: counted(archive.queue, WRITES.queue),
    },
  }
}
