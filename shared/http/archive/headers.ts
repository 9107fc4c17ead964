/** Response headers that clients may want to read, as named in both descriptions. */

export type HeaderName =
  | 'ETag'
  | 'Link'
  | 'Location'
  | 'Retry-After'
  | 'Repr-Digest'
  | 'x-archive-snapshots'
  | 'x-archive-source'
  | 'x-archive-settled'

export const headerTexts: Readonly<Record<HeaderName, string>> = {
  ETag: 'Identifies this response. Send it in If-None-Match to get 304 while the response is unchanged',
  Link: 'The next page, rel="next"; absent on the last page',
  Location: 'URL to poll for progress',
  'Retry-After': 'Seconds to wait before asking again',
  'Repr-Digest': 'SHA-256 of the whole file (RFC 9530)',
  'x-archive-snapshots':
    'Snapshots that this response was made from, as period/number, e.g. 201704/7',
  'x-archive-source': 'Source of the rows; absent if only one has the dataset',
  'x-archive-settled': 'true if the source no longer changes this data',
}

/** The note about numbers in both descriptions, for authors of clients. */
export const NUMBERS =
  'Amounts have more digits than a double can hold, and most JSON clients read numbers as doubles: of 11,493 values of ' +
  'one month, 1,717 came out changed. With decimals=text, every number in a row is a string of exactly the archived ' +
  'digits. Or read numbers into a decimal type (.NET decimal, Python parse_float=Decimal, Java BigDecimal).'
