import { describeError } from '../errors.ts'
import { type Log, redact } from '../log.ts'

/** Characters of a message that are told. */
const SHOWN = 500

/**
 * What the handler of a poison queue does with a message: records what it stood for. It never rejects: there is no
 * poison queue of a poison queue, so a message that fails here would come again every ten minutes until it
 * expires. Nothing is lost with it: a part without a receipt is missed by the sweep, and an export that
 * nobody works on may be asked for again.
 */
export async function takePoison<T>(
  log: Log,
  body: unknown,
  parse: (body: unknown) => T,
  record: (message: T) => Promise<void>,
): Promise<void> {
  try {
    await record(parse(body))
  } catch (error) {
    log.error('poison.dropped', { ...describeError(error), body: shown(body) })
  }
}

function shown(body: unknown): string {
  const text = typeof body === 'string' ? body : (JSON.stringify(body) ?? String(body))
  return redact(text).slice(0, SHOWN)
}
