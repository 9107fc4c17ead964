import type { z } from 'zod'

/** Reads a note of a file, or of its blob: JSON of this form. Null if there is none, or something else altered it. */
export function readNote<T>(schema: z.ZodType<T>, text: string | undefined): T | null {
  try {
    return schema.safeParse(JSON.parse(text ?? 'null')).data ?? null
  } catch {
    return null
  }
}
