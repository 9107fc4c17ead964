import { createInterface } from 'node:readline/promises'
import { ArchiveError } from '../shared/errors.ts'
import type { Input, Output } from './streams.ts'

/** The streams for a question and its answer. */
export interface Terminal {
  readonly stdin: Input
  readonly stderr: Output
}

/**
 * Asks for confirmation on the terminal, and rejects with `BAD_REQUEST` unless the answer is yes. Without a
 * terminal, `isNeeded` decides whether the command requires `--yes`.
 */
export async function confirm(
  { stdin, stderr }: Terminal,
  question: string,
  { isSure, isNeeded }: { readonly isSure: boolean; readonly isNeeded: boolean },
): Promise<void> {
  if (isSure) return
  if (stdin.isTTY !== true || stderr.isTTY !== true) {
    if (!isNeeded) return
    throw new ArchiveError(
      'BAD_REQUEST',
      `${question} There is no terminal to ask on: use --yes to confirm.`,
    )
  }
  const reader = createInterface({ input: stdin, output: stderr })
  try {
    const answer = await reader.question(`${question} [y/N] `)
    if (/^y(es)?$/i.test(answer.trim())) return
  } finally {
    reader.close()
  }
  throw new ArchiveError('BAD_REQUEST', 'cancelled: nothing was changed')
}
