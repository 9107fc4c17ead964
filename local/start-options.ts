/** The options of `npm start`. */
export interface StartOptions {
  readonly once: boolean
  readonly json: boolean
  readonly dataDir: string
  readonly port: number
  readonly blobPort: number
  /** Function hosts on one queue, as when the platform scales out. */
  readonly hosts: number
  readonly seed: number
  readonly months: number
  readonly rowsPerDay: number
  /** `yyyy-MM-dd`; absent: the clock's current day. */
  readonly day?: string
}
