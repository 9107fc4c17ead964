/** Consistent forgeries: each looks as if the program had written it, but breaks a rule. */
import { indexForgeries } from './forged-files.ts'
import { ledgerForgeries } from './forged-ledgers.ts'
import { names } from './forged-names.ts'
import { shapes } from './forged-shapes.ts'
import { times, totals } from './forged-values.ts'
import type { Forgery } from './forgery.ts'

/** Forgeries that no rule can detect: they need a hash kept elsewhere, or the source itself. */
export const unfindable: readonly { readonly name: string; readonly why: string }[] = [
  {
    name: 'rows-rewritten-everywhere',
    why: 'JSON, CSV, index, digests and totals rewritten together',
  },
  { name: 'envelope-value', why: 'of rows in a single snapshot, with another JSON value' },
  { name: 'api-version', why: 'only the source knows which API version answered' },
  { name: 'writer', why: 'could have been written by any program and version' },
  { name: 'plan-id', why: 'an id that no other snapshot has' },
  {
    name: 'settled-at-the-end',
    why: 'of the newest snapshot of a dataset that always has one part',
  },
  { name: 'days-at-the-end', why: 'the first or last days removed, or the newest snapshot' },
  {
    name: 'times-moved-a-little',
    why: 'moved by less than SEAL_SKEW_MINUTES, or by less than a minute',
  },
  { name: 'times-of-a-copy', why: 'moved back together, if creation times are not available' },
  {
    name: 'ledger-of-the-same-minute',
    why: 'omits a snapshot sealed just before it',
  },
  { name: 'unknown-field-of-before', why: 'an unknown field that only the previous snapshot had' },
]

export const forgeries: readonly Forgery[] = [
  ...totals,
  ...times,
  ...shapes,
  ...names,
  ...indexForgeries,
  ...ledgerForgeries,
]
