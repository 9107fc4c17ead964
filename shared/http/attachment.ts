/** The header with which browsers save a file under a name. The name consists of our own words only. */
export function attachment(fileName: string): { readonly 'content-disposition': string } {
  return { 'content-disposition': `attachment; filename="${fileName}"` }
}
