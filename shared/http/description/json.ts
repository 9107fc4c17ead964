/** A JSON object with any members. */
export type Json = Record<string, unknown>

/** `value`, which is an object according to our own schemas. */
export function asObject(value: unknown): Json {
  return value as Json
}
