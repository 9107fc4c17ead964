/** Response headers that clients may want to read, as named in both descriptions. */

export type HeaderName =
  | 'ETag'
  | 'Link'
  | 'Location'
  | 'Retry-After'
  | 'Repr-Digest'
  | 'x-archive-snapshots'
  | 'x-archive-settled'

export const headerTexts: Readonly<Record<HeaderName, string>> = {
  ETag: 'What this answer is; with If-None-Match the next one is 304 while it is the same',
  Link: 'The next page, rel="next"; absent on the last one',
  Location: 'Where to ask how far it is',
  'Retry-After': 'Seconds after which it is worth to ask again',
  'Repr-Digest': 'SHA-256 of the whole file (RFC 9530)',
  'x-archive-snapshots': 'Which snapshots answer: 201704/7',
  'x-archive-settled': 'true if the source does not change this any more',
}

/** The note about numbers in both descriptions, for authors of clients. */
export const NUMBERS =
  'Amounts have more digits than a double keeps, and most JSON clients read numbers as doubles: of 11,493 cells of one ' +
  'month 1,717 came out changed. Ask with decimals=text: every number of a row then is a string of exactly the digits ' +
  'that the archive holds. Or read numbers by a decimal type (.NET decimal, Python parse_float=Decimal, Java BigDecimal).'
