/** A JSON object whose members may be anything. */
export type Json = Record<string, unknown>

/** `value`, which our own schemas make an object. */
export function asObject(value: unknown): Json {
  return value as Json
}
