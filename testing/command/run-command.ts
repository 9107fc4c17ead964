/** Runs `billing-archive` as in a script: without a terminal, and only with the given variables. */
import { execFile } from 'node:child_process'
import { resolve } from 'node:path'
import { Readable, Writable } from 'node:stream'
import { runCommand } from '../../cli/run-command.ts'

export interface CommandResult {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

export interface Surroundings {
  /** The user's current folder. */
  readonly folder: string
  readonly env?: Readonly<Record<string, string>>
  /** Standard input. */
  readonly input?: string
}

/** Runs the command in this process, which is faster than starting one. */
export async function inProcess(
  words: readonly string[],
  { folder, env = {}, input = '' }: Surroundings,
): Promise<CommandResult> {
  const [stdout, stderr] = [collected(), collected()]
  const code = await runCommand({
    words,
    folder,
    env: { ...ofUser(), ...env },
    stdin: Readable.from([input]),
    stdout: stdout.stream,
    stderr: stderr.stream,
  })
  return { code, stdout: stdout.text(), stderr: stderr.text() }
}

/** The program of the command. */
export const COMMAND = resolve(import.meta.dirname, '../../cli/billing-archive.mjs')

/** Runs the command as a separate process. */
export function asProcess(
  words: readonly string[],
  { folder, env = {} }: Omit<Surroundings, 'input'>,
): Promise<CommandResult> {
  return new Promise((done) => {
    const options = { cwd: folder, env: { ...ofUser(), ...env }, maxBuffer: 1e8 }
    execFile(process.execPath, [COMMAND, ...words], options, (error, stdout, stderr) => {
      done({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr })
    })
  })
}

function ofUser(): Record<string, string> {
  const { PATH = '', HOME = '' } = process.env
  return { PATH, HOME }
}

function collected(): { readonly stream: Writable; text(): string } {
  const chunks: Buffer[] = []
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      chunks.push(chunk)
      done()
    },
  })
  return { stream, text: () => Buffer.concat(chunks).toString() }
}
