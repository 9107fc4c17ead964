/**
 * Caches the result of `parse` while `bytes` are in memory: caching readers return the same buffer again.
 * Callers must not modify the result.
 */
export function parsedOnce<T>(parsed: WeakMap<Buffer, T>, bytes: Buffer, parse: () => T): T {
  const known = parsed.get(bytes)
  if (known !== undefined) return known
  const made = parse()
  parsed.set(bytes, made)
  return made
}
