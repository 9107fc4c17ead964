/** `billing-archive` as a process, for what the tests in test/integration/cli can't check. */
import { spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type CommandBench, startCommandBench } from '../../testing/command/command-bench.ts'
import { asProcess, COMMAND, type CommandResult } from '../../testing/command/run-command.ts'

let bench: CommandBench

beforeAll(async () => {
  bench = await startCommandBench({ simulator: { day: '2017-04-03', months: 1, rowsPerDay: 1 } })
  await bench.archive('fetch', '--period', '201704', '--dataset', 'pricesheet')
})
afterAll(() => bench.close())

const run = (...words: string[]): Promise<CommandResult> =>
  asProcess(words, { folder: bench.folder, env: { TZ: 'Europe/Berlin' } })

describe('the command as a process', () => {
  it('finds the archive, its certificate and a login by the settings file, and prints local time', async () => {
    const asked = ['rows', 'pricesheet', '201704', '--format', 'table']
    const { code, stdout, stderr } = await run('--settings', 'settings.json', ...asked)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toContain('1 row of snapshot 1')
    expect(stdout).toMatch(/taken \d{4}-\d\d-\d\d \d\d:\d\d GMT\+[12]/)
  })

  it('ends with 2 on wrong usage, with a message on standard error', async () => {
    const { code, stdout, stderr } = await run('list', '--period', '2017')
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain('Expected a billing period as yyyyMM')
  })

  it('prints its version, and completes commands', async () => {
    expect((await run('--version')).stdout).toMatch(/^billing-archive \d+\.\d+\.\d+\n$/)
    expect((await run('complete', '--', 'tot')).stdout).toMatch(/^totals\t/)
    expect((await run('complete', '--', 'totals', 'us')).stdout).toMatch(/^usagedetails\t/)
    expect((await run('completion', 'bash')).stdout).toContain('billing-archive')
  })

  it('does not fail if its output is not read to the end', async () => {
    const { PATH = '', HOME = '' } = process.env
    const words = ['--settings', bench.settings, 'list']
    const child = spawn(process.execPath, [COMMAND, ...words], { env: { PATH, HOME } })
    child.stdout.destroy() // as `head` does when it has seen enough
    const [code, stderr] = await Promise.all([
      new Promise((done) => child.once('close', done)),
      text(child.stderr),
    ])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  })
})
