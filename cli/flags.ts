/** Flags that every command takes. */
export interface GlobalFlags {
  /** A file like local.settings.json. */
  readonly settings?: string
  /** The folder of an archive that `npm start` runs; if set, no other place is searched. */
  readonly dataDir?: string
  /** URL of a storage account. */
  readonly account?: string
  /** URL of the account with the views, if it is another one. */
  readonly viewAccount?: string
  /** URL of a Key Vault. */
  readonly vault?: string
  readonly json: boolean
  readonly quiet: boolean
  readonly verbose: boolean
  readonly exact: boolean
  readonly yes: boolean
}
