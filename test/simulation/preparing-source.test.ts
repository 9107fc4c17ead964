/** A source that prepares its rows first: it is not waited for, and nothing is lost meanwhile. */
import { describe, expect, it } from 'vitest'
import { archivePart } from '../../shared/usecases/fetch/archive-part.ts'
import { sweep } from '../../shared/usecases/plan/sweep.ts'
import { parseMessage } from '../../shared/usecases/state/part-message.ts'
import {
  killedAt,
  partStateOf,
  SECOND,
  scene,
  signal,
  statusOf,
} from '../../testing/simulation/fake-scene.ts'
import { RETRY_AFTER_MS } from '../../testing/sources/fake-source.ts'

describe('a source that prepares its rows', () => {
  it('is not waited for: its message reappears after the requested time', async () => {
    const { timer, deliver, messages, now, pass, storage, asked } = scene()
    await timer()
    for (const poll of [1, 2]) {
      const began = now()
      expect(await deliver()).toBe(true)
      expect(now()).toBe(began) // nobody waited
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
