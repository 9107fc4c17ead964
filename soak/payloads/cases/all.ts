import type { PayloadCase } from '../payload-case.ts'
import { dates } from './dates.ts'
import { encodings } from './encodings.ts'
import { envelopes } from './envelopes.ts'
import { neighbours } from './neighbours.ts'
import { notRows } from './not-rows.ts'
import { numbers, numbersOverDays } from './numbers.ts'
import { periods } from './periods.ts'
import { refusals } from './refusals.ts'
import { tags } from './tags.ts'
import { texts } from './texts.ts'

/** All cases, always in the same order. */
export const payloadCases: readonly PayloadCase[] = [
  ...notRows,
  ...envelopes,
  ...tags,
  ...numbers,
  ...numbersOverDays,
  ...texts,
  ...encodings,
  ...dates,
  ...refusals,
  ...periods,
  ...neighbours,
]
