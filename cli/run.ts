/** Runs a command and prints its result. */
import { describeError, hasCode } from '../shared/errors.ts'
import { redact } from '../shared/log.ts'
import { adviceOn } from '../shared/usecases/status/advice.ts'
import type { OnLine } from './connect.ts'
import type { Context } from './context.ts'
import type { GlobalFlags } from './flags.ts'
import type { Invocation } from './invocation.ts'
import type { ExitCode, Outcome } from './outcome.ts'
import { hasWritten } from './write-out.ts'

export interface Runner {
  /** Runs `work` on the archive that the flags name. */
  onArchive(work: (context: Context) => Promise<Outcome>, onLine?: OnLine): Promise<void>
  /** Runs `work` that finds its archive itself. */
  alone(
    work: (flags: GlobalFlags, invocation: Invocation) => Promise<Outcome | null>,
  ): Promise<void>
}

/** `onEnd` receives the exit code of the command; without a call it is 0. */
export function runner(
  invocation: Invocation,
  flagsOf: () => GlobalFlags,
  onEnd: (exitCode: ExitCode) => void,
): Runner {
  async function alone(
    work: (flags: GlobalFlags, invocation: Invocation) => Promise<Outcome | null>,
  ): Promise<void> {
    const flags = flagsOf()
    try {
      const outcome = await work(flags, invocation)
      if (outcome === null) return // it has printed all that there is to say
      const text = flags.json ? JSON.stringify(outcome.json) : outcome.text
      invocation.stdout.write(`${text}\n`)
      onEnd(outcome.exitCode)
    } catch (error) {
      tell(error, flags.json, invocation)
      onEnd(exitCodeOf(error))
    }
  }

  return {
    alone,
    onArchive: (work, onLine) =>
      alone(async (flags) => {
        const { connect } = await import('./connect.ts')
        const context = connect(flags, invocation, onLine)
        try {
          return await work(context)
        } finally {
          await context.deps.close()
        }
      }),
  }
}

function tell(error: unknown, isJson: boolean, { stdout, stderr }: Invocation): void {
  const { code, message } = describeError(error)
  if (isJson && !hasWritten(stdout)) {
    const told = { code, message: redact(message), advice: adviceOn(code) }
    stdout.write(`${JSON.stringify({ error: told })}\n`)
  } else {
    stderr.write(`${redact(`${code}: ${message}`)}\n`)
    // For wrong usage, the message itself is the advice.
    const advice = isAboutQuestion(error) ? null : adviceOn(code)
    if (advice !== null) stderr.write(`What to do: ${advice}\n`)
  }
}

function isAboutQuestion(error: unknown): boolean {
  return hasCode(error, 'BAD_SETTINGS', 'BAD_REQUEST', 'NOT_FOUND', 'ALREADY_EXISTS')
}

function exitCodeOf(error: unknown): ExitCode {
  if (
    hasCode(error, 'BAD_SETTINGS', 'BAD_REQUEST', 'NOT_FOUND', 'FORMAT_INVALID', 'ALREADY_EXISTS')
  )
    return 2
  if (hasCode(error, 'UNAUTHORIZED', 'FORBIDDEN')) return 2
  return hasCode(error, 'DIGEST_MISMATCH', 'FILE_DAMAGED') ? 1 : 3
}
