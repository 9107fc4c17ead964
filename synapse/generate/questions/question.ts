/** An example question. */
export interface Question {
  /** The name of its file. */
  readonly name: string
  /** What it answers, as SQL comments. */
  readonly about: string
  readonly query: string
}
