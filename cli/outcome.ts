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

/** Columns of text, those of numbers set right. */
export function table(
  header: readonly string[],
  rows: readonly (readonly (string | number)[])[],
): string {
  const cells = rows.map((row) => row.map(String))
  const widths = header.map((title, i) =>
    Math.max(title.length, ...cells.map((row) => (row[i] ?? '').length)),
  )
  const isNumber = header.map((_, i) => rows.every((row) => typeof row[i] === 'number'))
  const line = (row: readonly string[]): string =>
    row
      .map((cell, i) => (isNumber[i] ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0)))
      .join('  ')
      .trimEnd()
  return [line(header), ...cells.map(line)].join('\n')
}
