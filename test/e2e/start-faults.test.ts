/** If `npm start` can't start, it says so quickly in one line, and leaves nothing behind. */
import { spawnSync } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { FolderInUse, takeDataFolder } from '../../local/data-folder.ts'
import { makeFolder } from '../../local/make-folder.ts'
import { start } from '../../testing/stack/start-process.ts'

let folder: string
let server: Server
let taken: number

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'billing-archive-faults-'))
  server = createServer()
  taken = await new Promise<number>((done) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      done(typeof address === 'object' ? (address?.port ?? 0) : 0)
    })
  })
})
afterEach(async () => {
  server.close()
  await rm(folder, { recursive: true, force: true })
})

/** Its output on both streams, as lines, and its exit code. */
async function failing(...args: string[]): Promise<{ code: number | null; lines: string[] }> {
  const run = start(['--once', '--data-dir', folder, ...args])
  const code = await run.exit
  return { code, lines: (run.stdout() + run.stderr()).trim().split('\n') }
}

describe('npm start', () => {
  it.each(['--port', '--blob-port'])('with a %s that is taken names it', async (flag) => {
    const { code, lines } = await failing(flag, String(taken))
    expect(lines).toEqual([
      `port ${taken} is in use: choose another one with ${flag}, or 0 for a free one`,
    ])
    expect(code).toBe(1)
    expect(await readdir(folder)).toEqual([])
  })

  it('with a port that fetch refuses says so', async () => {
    const { code, lines } = await failing('--port', '6000')
    expect(lines).toEqual([expect.stringContaining('fetch and browsers refuse it')])
    expect(code).toBe(1)
  })

  it('in a folder in use names the other process, and does not affect it', async () => {
    const settings = join(folder, 'running.settings.json')
    await writeFile(settings, '{}')
    const release = await takeDataFolder(folder)
    const { code, lines } = await failing()
    expect(lines).toEqual([expect.stringContaining(`in use by process ${process.pid} since `)])
    expect(code).toBe(1)
    expect(await readFile(settings, 'utf8')).toBe('{}')
    await release()
    expect(await readdir(folder)).toEqual(['running.settings.json'])
  })

  it('on a day that does not exist says what is expected', async () => {
    const { code, lines } = await failing('--day', '2026-02-31')
    expect(lines).toEqual([expect.stringContaining('Expected an existing day')])
    expect(code).toBe(1)
  })

  it('ends if the folder can not be created', async () => {
    const { code, lines } = await failing('--data-dir', '/proc/x')
    expect(lines).toEqual([expect.stringContaining("can't create the folder /proc/x")])
    expect(code).toBe(1)
  })
})

describe('npm start in the folder of the program', () => {
  it('is refused, because its files would be committed with the sources', async () => {
    const { code, lines } = await failing('--data-dir', '.')
    expect(lines).toEqual([expect.stringContaining('choose another folder with --data-dir')])
    expect(code).toBe(1)
  })
})

describe('the lock of a data folder', () => {
  it('is taken over from a dead process, and if it is incomplete', async () => {
    const { pid } = spawnSync(process.execPath, ['-e', '0'])
    for (const text of [JSON.stringify({ pid, since: '2026-11-25T00:00:00Z' }), '{"pid":', '']) {
      await writeFile(join(folder, 'owner.json'), text)
      const release = await takeDataFolder(folder)
      const owner = JSON.parse(await readFile(join(folder, 'owner.json'), 'utf8')) as object
      expect(owner).toMatchObject({ pid: process.pid })
      await release()
      expect(await readdir(folder)).toEqual([])
    }
  })

  it('is not released by a process that lost it', async () => {
    const release = await takeDataFolder(folder)
    const other = JSON.stringify({ pid: process.ppid, since: '2026-11-25T00:00:00Z' })
    await writeFile(join(folder, 'owner.json'), other)
    await release()
    expect(await readdir(folder)).toEqual(['owner.json'])
    await expect(takeDataFolder(folder)).rejects.toBeInstanceOf(FolderInUse)
  })
})

describe('a folder', () => {
  it('is made with those above it, and may be there', async () => {
    const deep = join(folder, 'a/b/c')
    await makeFolder(deep)
    await makeFolder(deep)
    await mkdir(join(deep, 'd'))
    await writeFile(join(deep, 'file'), '')
    await expect(makeFolder(join(deep, 'file'))).rejects.toThrow('EEXIST')
    await expect(makeFolder(join(deep, 'file/below'))).rejects.toThrow('ENOTDIR')
  })
})
