/** Keeps fields that this version of the program does not know when it writes a document again. */
import { z } from 'zod'

/**
 * An object in a document of the archive. Fields that a later program added are kept when it is read and
 * written again; the types only list the known fields.
 */
export function keeping<S extends z.ZodRawShape>(shape: S): z.ZodObject<S> {
  return z.looseObject(shape) as unknown as z.ZodObject<S>
}

/** `next` plus the fields of `found`, the document that it replaces, that `known` does not list. */
export function withUnknown<T extends object>(
  known: z.ZodObject,
  found: object | null,
  next: T,
): T {
  const unknown = Object.entries(found ?? {}).filter(([name]) => !Object.hasOwn(known.shape, name))
  return { ...Object.fromEntries(unknown), ...next }
}
