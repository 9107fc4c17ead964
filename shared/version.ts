/** This program, as manifests name their writer. The version is package.json's; a test compares them. */
export const WRITER = { name: 'billing-archive', version: '0.1.0' } as const
