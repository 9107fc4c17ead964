/** Runs what is asked for, once for all who ask for the same while it is under way. */
export type SingleFlight = <T>(key: string, ask: () => Promise<T>) => Promise<T>

export function singleFlight(): SingleFlight {
  const underWay = new Map<string, Promise<unknown>>()
  return <T>(key: string, ask: () => Promise<T>): Promise<T> => {
    const found = underWay.get(key)
    // Who asks under the same key asks for the same.
    if (found !== undefined) return found as Promise<T>
    const asked = ask().finally(() => underWay.delete(key))
    underWay.set(key, asked)
    return asked
  }
}
