import type { Source } from '../source.ts'
import type { SourceTools } from '../source-tools.ts'
import { eaReporting } from './ea-reporting.ts'

/** The Enterprise Reporting APIs at the place that the settings name. */
export function connectEaReporting({ config, ...tools }: SourceTools): Source {
  const { EA_REPORTING_ENDPOINT: endpoint, PAGE_BYTES: pageBytes } = config
  return eaReporting({ ...tools, endpoint, pageBytes })
}
