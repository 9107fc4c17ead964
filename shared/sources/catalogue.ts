import { connectEaReporting } from './ea-reporting/connect.ts'
import { eaReportingDefinition } from './ea-reporting/definition.ts'
import type { KnownSource } from './source-tools.ts'

/** The sources, a line each, in the order in which they answer for what several of them have. */
export const sourceCatalogue: readonly KnownSource[] = [
  { definition: eaReportingDefinition, connect: connectEaReporting },
]
