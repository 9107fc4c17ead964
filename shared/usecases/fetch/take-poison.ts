import { describeError } from '../../errors.ts'
import { type Log, redact } from '../../log.ts'

/** How many characters of a message are logged. */
const SHOWN = 500

/**
 * The use case of a poison queue: records the failure of a message's part or download. It never rejects: a
 * poison queue has no poison queue, so a message that fails here would return every ten minutes until it
 * expires. Nothing is lost: the sweep notices a part without a receipt, and an abandoned download can be
 * requested again.
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
