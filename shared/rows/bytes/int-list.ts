/** A growing list of unsigned integers below 2^32: append-only, and reset for reuse. */
export interface IntList {
  values: Uint32Array
  length: number
}

export function intList(capacity: number): IntList {
  return { values: new Uint32Array(capacity), length: 0 }
}

export function push(list: IntList, value: number): void {
  reserveInts(list, 1)
  list.values[list.length++] = value
}

/** Reserves room for `more` integers. Amortized: doubles. */
export function reserveInts(list: IntList, more: number): void {
  const needed = list.length + more
  if (needed <= list.values.length) return
  const grown = new Uint32Array(Math.max(needed, list.values.length * 2))
  grown.set(list.values.subarray(0, list.length))
  list.values = grown
}
