/**
 * What `parse` makes of `bytes`, made once while they are in memory: readers that remember give the same
 * buffer again. Nobody may change what comes back.
 */
export function parsedOnce<T>(parsed: WeakMap<Buffer, T>, bytes: Buffer, parse: () => T): T {
  const known = parsed.get(bytes)
  if (known !== undefined) return known
  const made = parse()
  parsed.set(bytes, made)
  return made
}
