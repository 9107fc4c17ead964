/** The use cases with an unknown source that is not ready at once. */
import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { planName } from '../../shared/format/layout.ts'
import { parseState } from '../../shared/format/series-state.ts'
import { archivePart } from '../../shared/usecases/fetch/archive-part.ts'
import { sweep } from '../../shared/usecases/plan/sweep.ts'
import { parseMessage } from '../../shared/usecases/state/part-message.ts'
import { checkHealth } from '../../shared/usecases/status/check-health.ts'
import { verifyArchive } from '../../shared/usecases/verify/verify-archive.ts'
import {
  HOUR,
  partStateOf,
  SECOND,
  scene,
  series,
  signal,
  statusOf,
} from '../../testing/simulation/any-source.ts'
import { type Call } from '../../testing/simulation/archive-in-memory.ts'
import { FAKE, RETRY_AFTER_MS } from '../../testing/sources/fake-source.ts'

describe('an unknown source', () => {
  it('is archived once its rows are ready, and verifies', async () => {
    const { timer, rest, archive, asked } = scene()
    await timer()
    const snapshot = await rest()
    expect(snapshot?.manifest).toMatchObject({
      source: { kind: FAKE, apiVersion: '1' },
      number: 1,
      rowCount: 3,
      totals: { cost: '3.3', consumedQuantity: '0' },
    })
    expect(asked).toEqual([null, { report: 1, poll: 1 }, { report: 1, poll: 2 }])
    const { faults, snapshots } = await verifyArchive(archive, { isDeep: true, anchor: null })
    expect({ faults, snapshots }).toEqual({ faults: [], snapshots: 1 })
    expect(await checkHealth(archive, ['100'])).toMatchObject([{ status: 'unsettled', number: 1 }])
  })

  it('is unchanged the second time, and keeps its files', async () => {
    const { timer, rest, pass, storage, archive } = scene()
    await timer()
    const first = await rest()
    const names = [...storage.stored.snapshots.keys()]
    pass(24 * HOUR)
    await timer()
    expect(await rest()).toEqual(first)
    expect([...storage.stored.snapshots.keys()]).toEqual(names)
    const { bytes } = await archive.state.read(planName(series))
    const outcomes = parseState(bytes ?? Buffer.alloc(0), 'plan.json').outcomes
    expect(outcomes.map(({ status }) => status)).toEqual(['unchanged', 'sealed'])
  })

  it('has the same files, whether it was ready at once or not', async () => {
    const digests = [0, 1, 2].map(async (polls) => {
      const { timer, rest } = scene({ polls })
      await timer()
      const [part] = (await rest())?.manifest.parts ?? []
      return part?.files.map(({ sha256 }) => sha256)
    })
    const [atOnceReady, ...later] = await Promise.all(digests)
    expect(atOnceReady).toHaveLength(3)
    expect(later).toEqual([atOnceReady, atOnceReady])
  })

  it('is cut into segments like any other', async () => {
    const { timer, rest, asked } = scene({ rows: 2_500, policy: { segmentRows: 1_000 } })
    await timer()
    const snapshot = await rest()
    expect(snapshot?.manifest.rowCount).toBe(2_500)
    expect(snapshot?.manifest.parts[0]?.files).toHaveLength(9)
    expect(asked.slice(3)).toEqual([
      { report: 1, skip: 1_000 },
      { report: 1, skip: 2_000 },
    ])
  })
})

describe('a source that prepares its rows', () => {
  it('is not waited for: its message reappears after the requested time', async () => {
    const { timer, deliver, messages, now, pass, storage, asked } = scene()
    await timer()
    for (const poll of [1, 2]) {
      const began = now()
      expect(await deliver()).toBe(true)
      expect(now()).toBe(began) // no one waited
      expect(asked).toHaveLength(poll)
      expect(messages).toMatchObject([{ visibleAt: began + RETRY_AFTER_MS }])
      expect(partStateOf(storage)).toMatchObject({
        receipt: null,
        failure: null,
        progress: { resume: { report: 1, poll }, files: [], rowCount: 0 },
      })
      pass(RETRY_AFTER_MS - SECOND)
      expect(await deliver()).toBe(false)
      pass(SECOND)
    }
    expect(await deliver()).toBe(true)
    expect(statusOf(storage)).toBe('closed')
  })

  it('continues with one message if its message is delivered twice', async () => {
    const { timer, archive, messages, asked } = scene()
    await timer()
    const [message] = messages.splice(0)
    const body = parseMessage(JSON.parse(message?.body ?? ''))
    await Promise.all([1, 2].map(() => archivePart(archive, body, signal)))
    expect(asked).toHaveLength(2)
    expect(messages).toHaveLength(1)
  })

  it('is not taken for lost while its message waits', async () => {
    const { timer, deliver, archive, messages, pass } = scene()
    await timer()
    await deliver()
    for (let minutes = 0; minutes < 120; minutes += 15) {
      pass(15 * 60 * SECOND)
      await sweep(archive)
      expect(messages).toHaveLength(1)
    }
    pass(15 * 60 * SECOND) // it has expired
    await sweep(archive)
    expect(messages).toHaveLength(1)
  })

  it('has the same result wherever a host is killed meanwhile', async () => {
    const undisturbed = scene()
    await undisturbed.timer()
    const { manifest } = (await undisturbed.rest()) ?? {}
    let kills = 0
    for (let at = 1; ; at++) {
      for (const when of ['before', 'after'] as const) {
        const { timer, deliver, host, pass, rest, storage } = scene()
        const dying = host(killedAt(at, when))
        const work = async (): Promise<void> => {
          await timer(dying)
          for (let round = 0; round < 10; round++) {
            if (!(await deliver(dying))) pass(RETRY_AFTER_MS)
          }
        }
        const isKilled = await work().then(
          () => false,
          () => true,
        )
        if (!isKilled) {
          expect(kills).toBeGreaterThan(20)
          return
        }
        kills++
        if (statusOf(storage) === 'none') await timer() // it failed: the next day's
        const end = await rest()
        expect(end?.manifest, `${when} ${at}`).toMatchObject({
          number: 1,
          contentSha256: manifest?.contentSha256,
          rowCount: 3,
        })
        expect(statusOf(storage), `${when} ${at}`).toBe('closed')
      }
    }
  })
})

/** A host that dies before or after one of its writes: none of its later calls happens. */
function killedAt(nth: number, when: 'before' | 'after'): Call {
  let writes = 0
  let isDead = false
  return async (label, isWrite, make) => {
    const isMoment = isWrite && ++writes === nth
    if (isMoment && when === 'before') isDead = true
    if (isDead) throw new Error(`the host is dead: ${label}`)
    const value = await make()
    if (!isMoment) return value
    isDead = true
    throw new Error(`the host dies after ${label}`)
  }
}

it('no file of the program had to know this source', () => {
  const root = resolve(import.meta.dirname, '../..')
  const knowing = ['shared', 'functions', 'cli', 'local', 'soak', 'terminal'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .filter((name) => readFileSync(join(root, folder, name), 'utf8').includes(FAKE)),
  )
  expect(knowing).toEqual([])
})
