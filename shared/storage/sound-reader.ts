import type { BlobReader } from './ports.ts'

/**
 * The name to read instead of `name`: itself, or a repaired copy. Rejects with `FILE_DAMAGED` if neither is
 * intact.
 */
export type PlaceOf = (name: string) => Promise<string>

/** A reader that never returns data of a file known to be damaged, but its repaired copy if there is one. */
export function soundReader<R extends BlobReader>(reader: R, placeOf: PlaceOf): R {
  return {
    ...reader,
    read: async (name: string) => reader.read(await placeOf(name)),
    readRange: async (name: string, offset: number, length: number, target?: Buffer) =>
      reader.readRange(await placeOf(name), offset, length, target),
    async *stream(name: string) {
      yield* reader.stream(await placeOf(name))
    },
  }
}
