import { once } from 'node:events'
import type { Output } from '../terminal/streams.ts'

const begun = new WeakSet<Output>()

/** Writes a piece of a result to `stdout`, and waits while its reader is slower. */
export async function writeOut(stdout: Output, text: string): Promise<void> {
  begun.add(stdout)
  if (!stdout.write(text)) await once(stdout, 'drain')
}

/** Whether something of a result is on `stdout` already: then an error belongs elsewhere. */
export function hasWritten(stdout: Output): boolean {
  return begun.has(stdout)
}
