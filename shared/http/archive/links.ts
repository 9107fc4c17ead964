/** URLs of the archive's own API, with the host name that the caller used. */

export interface SeriesPath {
  readonly enrollment: string
  readonly dataset: string
  readonly billingPeriod: string
}

export function archiveUrl(base: URL, path: string, query: Record<string, string> = {}): string {
  const url = new URL(`/archive/${path}`, base)
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value)
  return url.href
}

export function seriesUrl(
  base: URL,
  { enrollment, dataset, billingPeriod }: SeriesPath,
  rest: string,
  query: Record<string, string> = {},
): string {
  return archiveUrl(base, `enrollments/${enrollment}/${dataset}/${billingPeriod}/${rest}`, query)
}

/** `Link` (RFC 8288) to the next page; empty on the last one. */
export function nextHeader(next: string | null): Record<string, string> {
  return next === null ? {} : { link: `<${next}>; rel="next"` }
}
