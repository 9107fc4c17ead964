/** What a command came to. */
export interface Outcome {
  /** For people. */
  readonly text: string
  /** For `--json`. */
  readonly json: unknown
  readonly exitCode: ExitCode
}

/**
 * What a script can tell from: 0, all is well; 1, done, and something is wrong with the archive; 2, wrong
 * use or settings; 3, it could not be done, e.g. storage does not answer.
 */
export type ExitCode = 0 | 1 | 2 | 3

export function ok(text: string, json: unknown): Outcome {
  return { text, json, exitCode: 0 }
}

/** `1 fault`, `2 faults`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString('en-US')} ${count === 1 ? one : many}`
}
