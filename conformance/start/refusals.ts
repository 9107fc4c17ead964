/**
 * Cases in which `npm start` can't start: it must print one line with advice within two seconds, and leave
 * nothing behind.
 */
import { mkdir, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'

export interface Refusal {
  readonly name: string
  readonly args: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** Prepares the folder for the case. */
  readonly prepare?: (folder: string) => Promise<void | (() => void)>
  /** What the line must contain. */
  readonly says: RegExp
}

/** A port in use until the returned function is called. */
async function takenPort(): Promise<{ port: number; free: () => void }> {
  const server = createServer()
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const address = server.address()
  return {
    port: typeof address === 'object' ? (address?.port ?? 0) : 0,
    free: () => void server.close(),
  }
}

export async function refusals(): Promise<{ cases: Refusal[]; close: () => void }> {
  const { port, free } = await takenPort()
  const flag = (name: string, args: readonly string[], says: RegExp): Refusal => ({
    name,
    args,
    says,
  })
  const source = (name: string, env: Record<string, string>, says: RegExp): Refusal => {
    return { name, args: [], env, says }
  }
  const cases: Refusal[] = [
    flag('--port in use', ['--port', String(port)], /in use: choose another one with --port/),
    flag(
      '--blob-port in use',
      ['--blob-port', String(port)],
      /in use: choose another one with --blob-port/,
    ),
    flag('a port that fetch refuses', ['--port', '6000'], /refuse it/),
    flag('a port out of range', ['--port', '70000'], /whole number from 0 to 65535/),
    flag('a port that is not a number', ['--port', 'http'], /whole number/),
    flag('31 February', ['--day', '2026-02-31'], /an existing day/),
    flag('no day', ['--day', 'tomorrow'], /an existing day/),
    flag('no host', ['--hosts', '0'], /whole number from 1 to 16/),
    flag('no month', ['--months', '0'], /whole number from 1/),
    flag('half a row', ['--rows-per-day', '0.5'], /whole number/),
    flag('an unknown flag', ['--onse'], /unknown option '--onse'/),
    flag('a word too many', ['now'], /too many arguments/),
    flag(
      'a folder in /proc',
      ['--data-dir', '/proc/x'],
      /can't create the folder .*choose another/,
    ),
    flag(
      'a folder below a device',
      ['--data-dir', '/dev/null/x'],
      /can't create the folder .*choose another/,
    ),
    flag('a folder without a name', ['--data-dir', ''], /name of a folder/),
    {
      name: 'a file in place of the folder',
      args: ['--data-dir', '{folder}/file'],
      prepare: (folder) => writeFile(join(folder, 'file'), ''),
      says: /can't create the folder .*choose another/,
    },
    {
      name: 'a file in place of the storage folder',
      args: [],
      prepare: (folder) => writeFile(join(folder, 'storage'), ''),
      says: /can't create the folder .*storage .*choose another/,
    },
    {
      name: 'a folder in use by a running process',
      args: [],
      prepare: (folder) => {
        const owner = { pid: process.pid, since: '2026-11-25T00:00:00.000Z' }
        return writeFile(join(folder, 'owner.json'), JSON.stringify(owner))
      },
      says: /in use by process \d+ since .*: stop that process, or choose another folder/,
    },
    {
      name: 'a folder in place of the lock',
      args: [],
      prepare: async (folder) => {
        await mkdir(join(folder, 'owner.json'))
      },
      says: /owner\.json/,
    },
    source('a full disk', { LOCAL_MIN_FREE_MIB: '99999999' }, /^ENOSPC: .*free some space/),
    source('no folder for temporary files', { TMPDIR: '/dev/null/x' }, /TMPDIR/),
    source(
      'a source without a key',
      { EA_REPORTING_ENDPOINT: 'https://example.com', ENROLLMENTS: '100' },
      /EA_REPORTING_KEY/,
    ),
    source(
      'a source without enrollments',
      { EA_REPORTING_ENDPOINT: 'https://example.com', EA_REPORTING_KEY: 'x' },
      /ENROLLMENTS/,
    ),
    source(
      'a source over plain http',
      { EA_REPORTING_ENDPOINT: 'http://example.com', EA_REPORTING_KEY: 'x', ENROLLMENTS: '100' },
      /EA_REPORTING_ENDPOINT is wrong: expected a URL with https/,
    ),
    source(
      'a source that is not a URL',
      { EA_REPORTING_ENDPOINT: 'example', EA_REPORTING_KEY: 'x', ENROLLMENTS: '100' },
      /EA_REPORTING_ENDPOINT is wrong/,
    ),
    source('an invalid enrollment', { ENROLLMENTS: '1/2' }, /ENROLLMENTS is wrong/),
    source('a setting that is not a number', { PAGE_BYTES: 'many' }, /PAGE_BYTES is wrong/),
    source('an invalid schedule', { SWEEP_SCHEDULE: 'daily' }, /SWEEP_SCHEDULE|schedule/),
  ]
  return { cases, close: free }
}
