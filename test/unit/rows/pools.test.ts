import { describe, expect, it } from 'vitest'
import { rowBufferPool } from '../../../shared/rows/batch/row-buffers.ts'
import { freeList } from '../../../shared/rows/bytes/free-list.ts'
import { textPool } from '../../../shared/rows/bytes/text-pool.ts'

const never = new AbortController().signal

describe('a free list', () => {
  it('reuses returned objects, and keeps few once none is in use', () => {
    let made = 0
    const list = freeList(() => ({ number: ++made }))
    const first = list.take()
    const others = [list.take(), list.take(), list.take()]
    list.give(first)
    expect(list.take()).toBe(first)
    for (const one of [first, ...others]) list.give(one)
    expect(list.taken()).toBe(0)
    for (let i = 0; i < 4; i++) list.take()
    expect(made).toBe(6) // two of the four were kept
  })
})

describe('the pages in memory', () => {
  it('never exceed the limit: the next one waits until one is returned', async () => {
    const pool = rowBufferPool(2)
    const [first] = [await pool.take(never), await pool.take(never)]
    let came = false
    const third = pool.take(never).then((buffers) => {
      came = true
      return buffers
    })
    await new Promise((resolve) => setImmediate(resolve))
    expect(came).toBe(false)
    pool.give(first)
    expect(await third).toBe(first)
  })

  it('are not waited for after the caller has ended', async () => {
    const pool = rowBufferPool(1)
    const held = await pool.take(never)
    const caller = new AbortController()
    const waits = pool.take(caller.signal)
    const next = pool.take(never)
    caller.abort(new Error('the function ends'))
    await expect(waits).rejects.toThrow('the function ends')
    await expect(pool.take(caller.signal)).rejects.toThrow('the function ends')
    pool.give(held)
    expect(await next).toBe(held)
    pool.give(held)
    expect(pool.taken()).toBe(0)
  })

  it('are discarded if they have become too large to keep', async () => {
    const pool = rowBufferPool(1)
    const large = await pool.take(never)
    large.lines.bytes = Buffer.alloc(8 * 1024 * 1024)
    pool.give(large)
    expect(await pool.take(never)).not.toBe(large)
  })
})

describe('texts of blocks', () => {
  it('are scarce while some are in use, not counting discarded ones', () => {
    const pool = textPool()
    let taken = 0
    while (!pool.isScarce()) {
      pool.take()
      taken++
    }
    pool.discard(taken)
    expect(pool.isScarce()).toBe(false)
  })
})
