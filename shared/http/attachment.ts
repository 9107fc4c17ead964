/** How a file is announced that a browser should keep under a name. The name is made of our own words. */
export function attachment(fileName: string): { readonly 'content-disposition': string } {
  return { 'content-disposition': `attachment; filename="${fileName}"` }
}
