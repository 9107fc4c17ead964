const QUOTE = 0x22
const LF = 0x0a

/**
 * Where each record ends in CSV that this program wrote: after a line feed that is not within quotes. Throws if there
 * are not `records` of them.
 */
export function recordEnds(csv: Uint8Array, records: number): Uint32Array {
  const ends = new Uint32Array(records)
  let found = 0
  let isQuoted = false
  for (let pos = 0; pos < csv.length; pos++) {
    const byte = csv[pos]
    // A doubled quote within a field ends the quotes and begins them again.
    if (byte === QUOTE) isQuoted = !isQuoted
    else if (byte === LF && !isQuoted) ends[found++] = pos + 1
  }
  if (found === records && (ends[records - 1] ?? 0) === csv.length) return ends
  throw new Error(`${found} CSV records instead of ${records}`)
}
