/** `billing-archive keys` as users and scripts see it. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { authenticate } from '../../../shared/usecases/access/check-access.ts'
import { type CommandBench, startCommandBench } from '../../../testing/command/command-bench.ts'
import { inProcess } from '../../../testing/command/run-command.ts'

let bench: CommandBench

beforeAll(async () => {
  bench = await startCommandBench({})
})
afterAll(() => bench.close())

describe('archive keys', () => {
  const open = (key: string): Promise<unknown> =>
    authenticate(bench.test.deps.http.access, `bearer ${key}`).then(
      ({ enrollments }) => enrollments,
      (error: Error) => error.message,
    )

  it('creates a key that opens its enrollments until it is revoked, and stores only its digest', async () => {
    const made = await bench.json<{ key: string; digest: string }>(...keysOf('create', 'finance'))
    expect(await open(made.key)).toEqual(['100', '200'])
    for (const name of await bench.stored.names('billing-access')) {
      expect((await bench.stored.bytes('billing-access', name)).toString()).not.toContain(made.key)
    }
    const listed = await bench.archive('keys', 'list')
    expect(listed.stdout).toMatch(/finance +100,200 +Read +20\d\d-\d\d-\d\d [^\n]+ +valid/)
    expect(listed.stdout).not.toContain(made.key)
    expect((await bench.archive('keys', 'revoke', made.digest.slice(0, 12))).code).toBe(0)
    expect(await open(made.key)).toMatch(/revoked/)
    expect((await bench.archive('keys', 'list')).stdout).toMatch(/finance .* revoked/)
  })

  it('imports the keys of scripts, so that only their host name changes', async () => {
    const key = bench.stack.services.vault.secrets.get(bench.test.secret) ?? ''
    expect(await open(key)).toMatch(/unknown key/)
    const flags = ['--enrollments', '100', '--name', 'old scripts', '--expires', 'never']
    const imported = await bench.archive('keys', 'import', ...flags)
    expect(imported).toMatchObject({ code: 0 })
    expect(imported.stdout + imported.stderr).not.toContain(key)
    expect(await open(key)).toEqual(['100'])
    expect(await bench.archive('keys', 'import', ...flags)).toMatchObject({ code: 2 })
  })

  it('imports a key from standard input', async () => {
    const words = ['--settings', bench.settings, ...keysOf('import', 'another'), '--stdin']
    const { folder } = bench
    const imported = await inProcess(words, { folder, input: 'a-key-of-a-script\n' })
    expect(imported).toMatchObject({ code: 0 })
    expect(await open('a-key-of-a-script')).toEqual(['100', '200'])
    expect(await inProcess(words, { folder, input: 'two keys\n' })).toMatchObject({ code: 2 })
  })

  it.each([
    [keysOf('create', 'x', '0d'), 'Expected e.g. 180d'],
    [keysOf('create', 'x', '2016-01-01'), 'Expected e.g. 180d'],
    [['keys', 'create', '--enrollments', '1/2'], 'Expected an enrollment number'],
    [
      ['keys', 'create', '--enrollments', '999', '--name', 'x', '--expires', '9d'],
      '999 is not archived here (archived: 100)',
    ],
    [['keys', 'revoke', 'zz'], 'Expected the first six or more hex digits'],
  ])('%j ends with 2', async (args, words) => {
    const { code, stderr } = await bench.archive(...args)
    expect(stderr).toContain(words)
    expect(code).toBe(2)
  })
})

function keysOf(command: string, name: string, expires = '180d'): string[] {
  return [
    'keys',
    command,
    '--enrollments',
    '100,200',
    '--yes',
    '--name',
    name,
    '--expires',
    expires,
  ]
}
