/** Lies that fit: each is made to look as if the program had written it, and breaks a rule all the same. */
import { indexForgeries } from './forged-files.ts'
import { ledgerForgeries } from './forged-ledgers.ts'
import { names } from './forged-names.ts'
import { shapes } from './forged-shapes.ts'
import { times, totals } from './forged-values.ts'
import type { Forgery } from './forgery.ts'

/** What no rule can find: it needs a digest that was kept elsewhere, or the source itself. */
export const unfindable: readonly { readonly name: string; readonly why: string }[] = [
  { name: 'rows-rewritten-everywhere', why: 'JSON, CSV, index, digests and totals made anew' },
  { name: 'envelope-value', why: 'of rows that one snapshot names, with another JSON value' },
  { name: 'api-version', why: 'the source alone knows which of its versions answered' },
  { name: 'writer', why: 'any program of any version may have written it' },
  { name: 'plan-id', why: 'an id that no other snapshot has' },
  {
    name: 'settled-at-the-end',
    why: 'of the newest snapshot of a dataset that is always one part',
  },
  { name: 'days-at-the-end', why: 'the first or last days left out, or the newest snapshot' },
  { name: 'times-moved-a-little', why: 'by less than SEAL_SKEW_MINUTES, or than a minute' },
  { name: 'times-of-a-copy', why: 'moved back together, where dates of creation tell nothing' },
  {
    name: 'ledger-of-the-same-minute',
    why: 'leaves out a snapshot that was sealed just before it',
  },
  { name: 'unknown-field-of-before', why: 'a name that the snapshot before had, told once more' },
]

export const forgeries: readonly Forgery[] = [
  ...totals,
  ...times,
  ...shapes,
  ...names,
  ...indexForgeries,
  ...ledgerForgeries,
]
