import type { Archive } from '../archive.ts'

/** What the view's use cases take from the archive. */
export type ViewDeps = Pick<
  Archive,
  'view' | 'snapshots' | 'sources' | 'catalogue' | 'policy' | 'encoder' | 'log'
>
