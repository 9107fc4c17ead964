/** Runs concurrent requests for the same key once, and shares the result. */
export type SingleFlight = <T>(key: string, ask: () => Promise<T>) => Promise<T>

export function singleFlight(): SingleFlight {
  const underWay = new Map<string, Promise<unknown>>()
  return <T>(key: string, ask: () => Promise<T>): Promise<T> => {
    const found = underWay.get(key)
    // The same key means the same request.
    if (found !== undefined) return found as Promise<T>
    const asked = ask().finally(() => underWay.delete(key))
    underWay.set(key, asked)
    return asked
  }
}
