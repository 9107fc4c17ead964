/** Names that several scripts use. */

export const DATABASE = 'billing'
export const CREDENTIAL = 'workspace_identity'
export const DATA_SOURCE = 'billing_view'

/**
 * The only collation for which the pool skips row groups by conditions on texts. It is the database's, too, so that texts of
 * files and texts in queries never have different ones.
 */
export const COLLATION = 'Latin1_General_100_BIN2_UTF8'

/** Schemas of the views, named like the folders that they read, and of the exact sums. */
export const SCHEMAS = ['parquet', 'csv', 'exact'] as const
