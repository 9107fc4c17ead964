/** From the words of a command line to its output and its exit code. */
import { CommanderError } from 'commander'
import type { Output } from '../terminal/streams.ts'
import type { GlobalFlags } from './flags.ts'
import type { Invocation } from './invocation.ts'
import type { ExitCode } from './outcome.ts'
import { programOf } from './program/program.ts'
import { runner } from './run.ts'

/** Runs the command that `invocation` names and resolves with its exit code; a fault of the program rejects. */
export async function runCommand(invocation: Invocation): Promise<ExitCode> {
  const { words, stdout, stderr } = invocation
  const isJson = words.includes('--json')
  let exitCode: ExitCode = 0

  const program = programOf(
    runner(
      invocation,
      () => program.opts<GlobalFlags>(),
      (code) => {
        exitCode = code
      },
    ),
    {
      writeOut: (text) => void stdout.write(text),
      writeErr: (text) => void stderr.write(text),
      outputError: (text) => {
        if (!isJson) stderr.write(text.replace(/^error: /, ''))
      },
      getOutHelpWidth: () => helpWidth(stdout),
      getErrHelpWidth: () => helpWidth(stderr),
    },
  )
  if (words.some((word) => word === 'completion' || word === 'complete')) {
    const { addCompletion } = await import('./completion.ts')
    addCompletion(program)
  }
  try {
    await program.parseAsync(words, { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    exitCode = error.exitCode === 0 ? 0 : 2
    const message = error.message.replace(/^error: /, '')
    if (isJson && error.exitCode !== 0) {
      stdout.write(`${JSON.stringify({ error: { code: 'BAD_REQUEST', message } })}\n`)
    }
  }
  return exitCode
}

/** Width of the help without a terminal. */
const HELP_WIDTH = 80

function helpWidth({ isTTY, columns = HELP_WIDTH }: Output): number {
  return isTTY === true ? columns : HELP_WIDTH
}
