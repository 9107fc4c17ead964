import { describe, expect, it } from 'vitest'
import { originPause } from '../../../../shared/sources/http/origin-pause.ts'

const signal = new AbortController().signal

/** A clock that sleeping advances. */
function world(random = 0) {
  let clock = 0
  const slept: number[] = []
  const pause = originPause(
    () => clock,
    () => random,
    async (ms) => {
      slept.push(ms)
      clock += ms
    },
  )
  return { pause, slept, pass: (ms: number) => (clock += ms) }
}

describe('a pause that a source asked for', () => {
  it('holds up all callers', async () => {
    const { pause, slept } = world()
    await pause.wait(signal)
    expect(slept).toEqual([])
    pause.hold(2_000)
    await pause.wait(signal)
    await pause.wait(signal)
    expect(slept).toEqual([2_000])
  })

  it('is as long as the longest requested one', async () => {
    const { pause, slept } = world()
    pause.hold(2_000)
    pause.hold(500)
    await pause.wait(signal)
    expect(slept).toEqual([2_000])
  })

  it('ends at different times for different callers', async () => {
    const [early, late] = [world(0), world(0.999)]
    for (const { pause } of [early, late]) {
      pause.hold(1_000)
      await pause.wait(signal)
    }
    expect(early.slept).toEqual([1_000])
    expect(late.slept[0]).toBeGreaterThan(1_200)
  })

  it('counts from when it was requested', async () => {
    const { pause, slept, pass } = world()
    pause.hold(2_000)
    pass(1_500)
    await pause.wait(signal)
    expect(slept).toEqual([500])
  })
})
