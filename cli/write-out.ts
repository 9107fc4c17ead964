import { once } from 'node:events'

let hasBegun = false

/** Writes to standard output, and waits while its reader is slower. */
export async function writeOut(text: string): Promise<void> {
  hasBegun = true
  if (!process.stdout.write(text)) await once(process.stdout, 'drain')
}

/** Whether something of a result is on standard output already: then an error belongs elsewhere. */
export function hasWritten(): boolean {
  return hasBegun
}
