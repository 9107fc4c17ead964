/** `billing-archive` with wrong usage, as users and scripts see it. */
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type CommandBench, startCommandBench } from '../../../testing/command/command-bench.ts'

const USAGE = ['usagedetails', '100', '201704'] as const

let bench: CommandBench

beforeAll(async () => {
  bench = await startCommandBench({ simulator: { day: '2017-04-03', months: 1, rowsPerDay: 1 } })
})
afterAll(() => bench.close())

describe('wrong use', () => {
  it.each([
    [['list', '--period', '2017'], 'Expected a billing period as yyyyMM'],
    [['list', '--enrollment', '../100'], 'Expected an enrollment number'],
    [['diff', 'nothing', '100', '201704'], 'Expected one of billingperiods'],
    [['verify', '--anchor', 'abc'], 'Expected a SHA-256'],
    [['export', ...USAGE], "required option '--to <folder>' not specified"],
    [['export', ...USAGE, '--to', 'x', '--as-of', 'yesterday'], 'Expected a time'],
    [['diff', ...USAGE, '--from', '0'], 'Expected a snapshot number'],
    [['no-such-command'], 'unknown command'],
    [['list', 'too', 'much'], 'too many arguments'],
  ])('%j ends with 2 and says what was expected', async (args, words) => {
    const { code, stderr, stdout } = await bench.archive(...args)
    expect(stderr).toContain(words)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  })

  it('invalid settings end with 2, by name; unreachable storage ends with 3', async () => {
    const list = (file: string) => bench.archive('--settings', file, 'list')
    const values = bench.test.settings
    const wrong = await list(
      await bench.settingsFile('bad.json', { Values: { ...values, SHRINK_ALERT: 'x' } }),
    )
    expect(wrong).toMatchObject({ code: 2 })
    expect(wrong.stderr).toContain('SHRINK_ALERT')
    const gone = join(bench.folder, 'nope.json')
    expect((await list(gone)).stderr).toContain(`there is no file ${gone}`)
    const array = await bench.settingsFile('bad.json', [])
    expect((await list(array)).stderr).toContain('is not a settings file')
    const elsewhere = bench.stack.services.azurite.urlsOf('no-such-account').blobUrl
    const away = { ...values, ARCHIVE_STORAGE__blobServiceUri: elsewhere }
    expect(await list(await bench.settingsFile('bad.json', { Values: away }))).toMatchObject({
      code: 3,
    })
    // The account of the views is named separately.
    const balance = ['--dataset', 'balancesummary', '--period', '201704']
    expect(await bench.archive('fetch', ...balance)).toMatchObject({ code: 0 })
    const views = await bench.archive('verify', '--period', '201704', '--view-account', elsewhere)
    expect(views.code).toBe(3)
    expect(views.stderr).toContain('reading csv/balancesummary/')
  })

  it('a folder without a running archive is named, with how to start it', async () => {
    const { code, stderr } = await bench.run('--data-dir', bench.folder, 'list')
    expect(code).toBe(2)
    expect(stderr).toContain(`no archive runs in ${bench.folder}: start one with `)
  })
})
