/** The result of a command. */
export interface Outcome {
  /** For people. */
  readonly text: string
  /** For `--json`. */
  readonly json: unknown
  readonly exitCode: ExitCode
}

/**
 * Exit codes for scripts: 0, success; 1, done, but something is wrong with the archive; 2, wrong usage or
 * settings; 3, failed, e.g. because storage does not answer.
 */
export type ExitCode = 0 | 1 | 2 | 3

export function ok(text: string, json: unknown): Outcome {
  return { text, json, exitCode: 0 }
}

/** `1 fault`, `2 faults`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString('en-US')} ${count === 1 ? one : many}`
}
