/** The credentials that were sent to a source. It may echo one, and none may be stored or logged. */
export interface SentSecrets {
  /** True if `text` contains one. */
  holdsKey(text: string): boolean
  /** `text` without them, and without a part of one at its end. */
  withoutKeys(text: string): string
}
