/** An archive, and `billing-archive` on it in a user's folder. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Stack, startStack, type TestArchive } from '../stack/archive-stack.ts'
import { openArchive, type StoredArchive } from '../stack/read-archive.ts'
import { type FreshOptions } from '../stack/test-source.ts'
import { type CommandResult, inProcess } from './run-command.ts'

export interface CommandBench {
  readonly stack: Stack
  readonly test: TestArchive
  /** Reads the archive independently. */
  readonly stored: StoredArchive
  /** The user's current folder. */
  readonly folder: string
  /** The settings file of the archive. */
  readonly settings: string
  /** Writes another settings file into the folder; returns its name. */
  settingsFile(name: string, values: unknown): Promise<string>
  /** Runs the command on the archive. */
  archive(...words: string[]): Promise<CommandResult>
  /** Runs it with `--json`; rejects if it printed nothing. */
  json<T>(...words: string[]): Promise<T>
  /** Runs it without naming an archive. */
  run(...words: string[]): Promise<CommandResult>
  close(): Promise<void>
}

/** Creates an empty archive; `settings` apply to the command only. */
export async function startCommandBench(
  options: FreshOptions,
  settings: Readonly<Record<string, string>> = {},
): Promise<CommandBench> {
  const stack = await startStack()
  const test = await stack.fresh(options)
  const folder = await mkdtemp(join(tmpdir(), 'billing-archive-command-'))

  async function settingsFile(name: string, values: unknown): Promise<string> {
    const file = join(folder, name)
    await writeFile(file, JSON.stringify(values))
    return file
  }

  const file = await settingsFile('settings.json', { Values: { ...test.settings, ...settings } })
  const run = (...words: string[]): Promise<CommandResult> => inProcess(words, { folder })
  const archive = (...words: string[]): Promise<CommandResult> => run('--settings', file, ...words)

  return {
    stack,
    test,
    stored: openArchive(test.blobUrl, stack.services.credential),
    folder,
    settings: file,
    settingsFile,
    archive,
    run,
    async json<T>(...words: string[]) {
      const { stdout, stderr } = await archive('--json', ...words)
      if (stdout === '') throw new Error(stderr)
      return JSON.parse(stdout) as T
    },
    async close() {
      await rm(folder, { recursive: true, force: true })
      await test.close()
      await stack.close()
    },
  }
}
