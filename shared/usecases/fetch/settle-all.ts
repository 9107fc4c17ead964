import pMap from 'p-map'

/**
 * Does `work` on the items, some at once. After a failure no other item is begun, and this rejects with it
 * only when all have ended, so that their files can be abandoned.
 */
export async function settleAll<T, R>(
  items: Iterable<T>,
  work: (item: T) => Promise<R>,
  concurrency: number,
): Promise<R[]> {
  const failures: unknown[] = []
  const results = await pMap(
    items,
    async (item) => {
      if (failures.length > 0) return null
      try {
        return { value: await work(item) }
      } catch (error) {
        failures.push(error)
        return null
      }
    },
    { concurrency },
  )
  if (failures.length > 0) throw failures[0]
  return results.flatMap((result) => (result === null ? [] : [result.value]))
}
