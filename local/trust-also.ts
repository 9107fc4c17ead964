import tls from 'node:tls'

/**
 * Makes this process trust a certificate, as a PEM text, in addition to those that it already trusts. One that it
 * trusts already costs nothing.
 */
export function trustAlso(pem: string): void {
  const trusted = tls.getCACertificates('default')
  if (trusted.some((each) => each.trim() === pem.trim())) return
  tls.setDefaultCACertificates([...trusted, pem])
}
