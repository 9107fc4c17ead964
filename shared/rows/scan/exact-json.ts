/** JSON as values, with every number as its own text: for rows that are processed one by one. */

/** A number as its own text. */
export class NumberText {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

type Reviver = (key: string, value: unknown, context?: { source?: string }) => unknown

/** `text` parsed; every number is a {@link NumberText}. Throws SyntaxError. */
export function parseExactly(text: string): unknown {
  const parse = JSON.parse as (text: string, reviver: Reviver) => unknown
  return parse(text, (_key, value, context) =>
    typeof value === 'number' ? new NumberText(context?.source ?? '') : value,
  )
}

/** JSON text without white space; numbers are unchanged. */
export function stringifyExactly(value: unknown): string {
  if (value instanceof NumberText) return value.text
  if (Array.isArray(value)) return `[${value.map(stringifyExactly).join(',')}]`
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value).map(
      ([key, item]) => `${JSON.stringify(key)}:${stringifyExactly(item)}`,
    )
    return `{${members.join(',')}}`
  }
  return JSON.stringify(value)
}
