/**
 * Swagger 2.0 of the old API's routes, at the same place as the old API's, for AutoRest and Swagger CodeGen.
 * Generated from the catalogue of datasets.
 */
import { datasetNamed } from '../../datasets/catalogue.ts'
import { type HeaderName, headerTexts, NUMBERS } from '../archive/headers.ts'
import { OLD_API, type ReportContract, reportContracts } from '../reporting/contract.ts'
import type { ApiVersion } from '../reporting/report-routes.ts'
import type { Json } from './json.ts'
import {
  type Decimals,
  definition,
  definitions,
  responseSchema,
  STRING,
} from './swagger-schemas.ts'

const ENROLLMENT = parameter('enrollmentNumber', 'path', 'Enrollment number')
const PERIOD = parameter('billingPeriod', 'path', 'Billing period, yyyyMM')
const START = parameter('startTime', 'query', 'First usage date, yyyy-MM-dd')
const END = parameter('endTime', 'query', 'Last usage date, yyyy-MM-dd, inclusive')
const OF_PERIOD = parameter('billingPeriod', 'query', 'Billing period, yyyyMM')
const SKIPTOKEN = optional(parameter('skiptoken', 'query', 'From a nextLink'))
const REPORT_ID = parameter('reportId', 'path', 'Id of the report')
const IF_NONE_MATCH = optional(
  parameter(
    'If-None-Match',
    'header',
    'The ETag of an earlier response; 304 while the response is unchanged',
  ),
)

/** Answers that generators should not turn into a result, and their meaning. */
const OTHERS: Readonly<Record<number, string>> = {
  304: 'Unchanged since If-None-Match',
  307: 'Redirects to a file with exactly this response; the link needs no key',
  400: 'A parameter is invalid',
  401: 'No key, or a key that does not permit this',
  404: 'There is no such report, or its data is not archived',
  429: 'Too many files were composed for this key within the hour',
  500: 'Internal error; the message has the id of the request',
  503: 'Storage does not answer, or a file is being composed; try again later',
}

/**
 * The document of one version, for a server at `base`. With `text` it describes answers to `decimals=text`,
 * in which every number in a row is a string.
 */
export function swagger(version: ApiVersion, base: URL, decimals: Decimals = 'number'): Json {
  const operations = reportContracts.flatMap((contract) =>
    operationsOf(contract, version, decimals),
  )
  return {
    swagger: '2.0',
    info: {
      title: 'Enterprise Reporting API, from the archive',
      version,
      description:
        `The routes of ${OLD_API} with another host name.\n\n` +
        `${NUMBERS} ` +
        (decimals === 'text'
          ? 'This description is for decimals=text: send it with every call.'
          : 'To generate a typed client for it, get this description with ?decimals=text.'),
    },
    host: base.host,
    schemes: [base.protocol.replace(':', '')],
    consumes: ['application/json'],
    produces: ['application/json'],
    securityDefinitions: {
      apiKey: { type: 'apiKey', in: 'header', name: 'Authorization', description: 'bearer {key}' },
    },
    security: [{ apiKey: [] }],
    paths: Object.fromEntries(
      operations.map(({ path, method, operation }) => [
        `/${version}/enrollments/{enrollmentNumber}/${path}`,
        { [method]: operation },
      ]),
    ),
    definitions: definitions(version, decimals),
  }
}

interface PathOperation {
  readonly path: string
  readonly method: 'get' | 'post'
  readonly operation: Json
}

function operationsOf(
  contract: ReportContract,
  version: ApiVersion,
  decimals: Decimals,
): PathOperation[] {
  const { dataset, route, customDateRoute, paged, csvReport, shape, title } = contract
  const { perPeriod } = datasetNamed(dataset)
  const verb = shape === 'object' ? 'Get' : 'List'
  const rows = (path: string, id: string, summary: string, own: readonly Json[]): PathOperation => {
    const skip = paged ? [SKIPTOKEN] : []
    const given = [...own, ...skip, decimalsParameter(decimals), IF_NONE_MATCH]
    return {
      path,
      method: 'get',
      operation: {
        ...operation(contract, id, summary, given, responseSchema(contract, version), ['ETag']),
        ...(paged ? { 'x-ms-pageable': PAGEABLE } : {}),
      },
    }
  }
  // Generators make one name of segments that differ only in case.
  const list = perPeriod ? route : 'billingPeriods'
  const found = [rows(list, verb, perPeriod ? `${title}, current period` : title, [])]
  if (perPeriod) {
    const path = `billingPeriods/{billingPeriod}/${route}`
    found.push(rows(path, `${verb}ByBillingPeriod`, `${title} of a billing period`, [PERIOD]))
  }
  if (customDateRoute !== null) {
    const summary = `${title} of usage dates`
    found.push(rows(customDateRoute, `${verb}ByCustomDate`, summary, [START, END]))
  }
  return csvReport !== null ? [...found, ...csvOperations(contract)] : found
}

const PAGEABLE = { nextLinkName: 'nextLink', itemName: 'data' }

function csvOperations(contract: ReportContract): PathOperation[] {
  const { route, title } = contract
  const scope = [OF_PERIOD, START, END].map(optional)
  const report = definition('Report')
  const [file, tags] = [{ type: 'file' }, ['ETag'] as const]
  const download = operation(
    contract,
    'Download',
    `${title} as CSV`,
    [...scope, IF_NONE_MATCH],
    file,
    tags,
  )
  const submit = operation(contract, 'Submit', `${title} as CSV, queued`, scope, report, [])
  const status = operation(
    contract,
    'GetReport',
    'The progress of a report',
    [REPORT_ID],
    report,
    [],
  )
  return [
    {
      path: `${route}/download`,
      method: 'get',
      operation: { ...download, produces: ['application/octet-stream'] },
    },
    { path: `${route}/submit`, method: 'post', operation: submit },
    { path: `${route}/reports/{reportId}`, method: 'get', operation: status },
  ]
}

function operation(
  { group }: ReportContract,
  id: string,
  summary: string,
  parameters: readonly Json[],
  schema: Json,
  headers: readonly HeaderName[],
): Json {
  return {
    operationId: `${group}_${id}`,
    summary,
    tags: [group],
    parameters: [ENROLLMENT, ...parameters],
    responses: {
      200: { description: 'OK', schema, headers: headersOf(headers) },
      default: {
        description: 'An error',
        schema: definition('Error'),
        headers: headersOf(['Retry-After']),
      },
    },
    'x-archive-responses': OTHERS,
  }
}

function headersOf(names: readonly HeaderName[]): Json {
  return Object.fromEntries(
    names.map((name) => [name, { ...STRING, description: headerTexts[name] }]),
  )
}

function parameter(name: string, place: 'path' | 'query' | 'header', description: string): Json {
  return { name, in: place, required: true, type: 'string', description }
}

function optional(given: Json): Json {
  return { ...given, required: false }
}

/** Clients for text decimals have to request them. */
function decimalsParameter(decimals: Decimals): Json {
  const text = 'text: every number in a row is a string of its digits; by default, number'
  const given = parameter('decimals', 'query', text)
  return decimals === 'text' ? { ...given, description: 'Always: text' } : optional(given)
}
