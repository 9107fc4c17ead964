/** Fields that this version of the program does not know are kept when a document is written again. */
import { z } from 'zod'

/**
 * An object in a document of the archive. A later program may have put fields into it that we do not know:
 * they stay in what is read, and so in what is written again. The types name the known ones alone.
 */
export function keeping<S extends z.ZodRawShape>(shape: S): z.ZodObject<S> {
  return z.looseObject(shape) as unknown as z.ZodObject<S>
}

/** `next` with the fields of `found`, the document that it replaces, that `known` does not name. */
export function withUnknown<T extends object>(
  known: z.ZodObject,
  found: object | null,
  next: T,
): T {
  const unknown = Object.entries(found ?? {}).filter(([name]) => !Object.hasOwn(known.shape, name))
  return { ...Object.fromEntries(unknown), ...next }
}
