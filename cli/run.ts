/** Runs a command, prints what it came to, and sets the exit code. */
import { describeError, hasCode } from '../shared/errors.ts'
import { redact } from '../shared/log.ts'
import { adviceOn } from '../shared/usecases/status/advice.ts'
import type { OnLine } from './connect.ts'
import type { Context } from './context.ts'
import type { GlobalFlags } from './flags.ts'
import type { ExitCode, Outcome } from './outcome.ts'
import { hasWritten } from './write-out.ts'

export interface Runner {
  /** Runs `work` on the archive that the flags name. */
  onArchive(work: (context: Context) => Promise<Outcome>, onLine?: OnLine): Promise<void>
  /** Runs `work` that finds its archive itself. */
  alone(work: (flags: GlobalFlags, from: string) => Promise<Outcome | null>): Promise<void>
}

/** `from`: the current folder of the user. */
export function runner(from: string, flagsOf: () => GlobalFlags): Runner {
  async function alone(
    work: (flags: GlobalFlags, from: string) => Promise<Outcome | null>,
  ): Promise<void> {
    const flags = flagsOf()
    try {
      const outcome = await work(flags, from)
      if (outcome === null) return // it has printed all that there is to say
      const text = flags.json ? JSON.stringify(outcome.json) : outcome.text
      process.stdout.write(`${text}\n`)
      process.exitCode = outcome.exitCode
    } catch (error) {
      tell(error, flags.json)
      process.exitCode = exitCodeOf(error)
    }
  }

  return {
    alone,
    onArchive: (work, onLine) =>
      alone(async (flags, place) => {
        const { connect } = await import('./connect.ts')
        const context = connect(flags, place, onLine)
        try {
          return await work(context)
        } finally {
          await context.deps.close()
        }
      }),
  }
}

function tell(error: unknown, isJson: boolean): void {
  const { code, message } = describeError(error)
  if (isJson && !hasWritten()) {
    const told = { code, message: redact(message), advice: adviceOn(code) }
    process.stdout.write(`${JSON.stringify({ error: told })}\n`)
  } else {
    process.stderr.write(`${redact(`${code}: ${message}`)}\n`)
    // What a person typed is answered by the message itself.
    const advice = isAboutQuestion(error) ? null : adviceOn(code)
    if (advice !== null) process.stderr.write(`What to do: ${advice}\n`)
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
