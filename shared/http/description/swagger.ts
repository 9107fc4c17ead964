/**
 * Swagger 2.0 of the old API's routes, as that had one at the same place: what AutoRest and Swagger CodeGen
 * make clients from. Made from the catalogue of datasets.
 */
import { datasets } from '../../datasets/catalogue.ts'
import type { Dataset } from '../../datasets/dataset.ts'
import type { ColumnDefinition } from '../../rows/row-layout.ts'
import { REPORT_STATUS } from '../reporting/csv-report.ts'
import type { ApiVersion } from '../reporting/report-routes.ts'

type Json = Record<string, unknown>

const NAMES: Readonly<Record<Dataset['name'], string>> = {
  billingperiods: 'BillingPeriod',
  balancesummary: 'BalanceSummary',
  usagedetails: 'UsageDetail',
  marketplacecharges: 'MarketplaceCharge',
  pricesheet: 'PriceSheetRow',
}

const TITLES: Readonly<Record<Dataset['name'], string>> = {
  billingperiods: 'Billing periods',
  balancesummary: 'Balance and summary',
  usagedetails: 'Usage details',
  marketplacecharges: 'Marketplace store charges',
  pricesheet: 'Price sheet',
}

const STRING = { type: 'string' }
const NULLABLE_STRING = { type: 'string', 'x-nullable': true }

const ENROLLMENT = parameter('enrollmentNumber', 'path', 'Enrollment number')
const PERIOD = parameter('billingPeriod', 'path', 'Billing period, yyyyMM')
const START = parameter('startTime', 'query', 'First usage date, yyyy-MM-dd')
const END = parameter('endTime', 'query', 'Last usage date, yyyy-MM-dd; included')
const OF_PERIOD = parameter('billingPeriod', 'query', 'Billing period, yyyyMM')
const SKIPTOKEN = optional(parameter('skiptoken', 'query', 'From a nextLink'))

/** The document of one version, for a server at `base`. */
export function swagger(version: ApiVersion, base: URL): Json {
  const paths: Record<string, Json> = {}
  const add = (path: string, method: 'get' | 'post', operation: Json): void => {
    const full = `/${version}/enrollments/{enrollmentNumber}/${path}`
    paths[full] = { [method]: operation }
  }
  for (const dataset of datasets) {
    const { route, customDateRoute, perPeriod, csvReports, name } = dataset
    const schema = answerSchema(dataset)
    const title = TITLES[name]
    const paging = dataset.paged ? [SKIPTOKEN] : []
    add(
      route,
      'get',
      operation(
        `${NAMES[name]}s_List`,
        perPeriod ? `${title}, current period` : title,
        paging,
        schema,
        dataset,
      ),
    )
    if (perPeriod) {
      const path = `billingPeriods/{billingPeriod}/${route}`
      const id = `${NAMES[name]}s_ListByBillingPeriod`
      add(
        path,
        'get',
        operation(id, `${title} of a billing period`, [PERIOD, ...paging], schema, dataset),
      )
    }
    if (customDateRoute !== null) {
      const id = `${NAMES[name]}s_ListByCustomDate`
      add(
        customDateRoute,
        'get',
        operation(id, `${title} of usage dates`, [START, END, ...paging], schema, dataset),
      )
    }
    if (!csvReports) continue
    const scope = [OF_PERIOD, START, END].map(optional)
    const download = operation(
      `${NAMES[name]}s_Download`,
      `${title} as CSV, at once`,
      scope,
      { type: 'file' },
      dataset,
    )
    add(`${route}/download`, 'get', { ...download, produces: ['text/csv'] })
    const report = { $ref: '#/definitions/Report' }
    add(
      `${route}/submit`,
      'post',
      operation(`${NAMES[name]}s_Submit`, `${title} as CSV, queued`, scope, report, dataset),
    )
    const reportId = parameter('reportId', 'path', 'Id of a report')
    const status = operation(
      `${NAMES[name]}s_Report`,
      'How far a queued CSV is',
      [reportId],
      report,
      dataset,
    )
    add(`${route}/reports/{reportId}`, 'get', status)
  }
  return {
    swagger: '2.0',
    info: {
      title: 'Enterprise Reporting API, from the archive',
      version,
      description: 'The routes of consumption.azure.com; only the host name is another.',
    },
    host: base.host,
    schemes: [base.protocol.replace(':', '')],
    consumes: ['application/json'],
    produces: ['application/json'],
    securityDefinitions: {
      apiKey: { type: 'apiKey', in: 'header', name: 'Authorization', description: 'bearer {key}' },
    },
    security: [{ apiKey: [] }],
    paths,
    definitions: definitions(version),
  }
}

function operation(
  operationId: string,
  summary: string,
  parameters: readonly Json[],
  schema: Json,
  { name }: Dataset,
): Json {
  const error = { description: 'What is wrong', schema: { $ref: '#/definitions/Error' } }
  const headers = { ETag: STRING }
  return {
    operationId,
    summary,
    tags: [NAMES[name]],
    parameters: [ENROLLMENT, ...parameters],
    responses: {
      200: { description: 'OK', schema, headers },
      307: { description: 'A large answer: to a file that holds exactly it, without a key' },
      304: { description: 'Not refreshed since If-None-Match' },
      400: error,
      401: error,
      404: error,
      429: error,
      500: error,
      503: error,
    },
  }
}

function parameter(name: string, place: 'path' | 'query', description: string): Json {
  return { name, in: place, required: true, type: 'string', description }
}

function optional(given: Json): Json {
  return { ...given, required: false }
}

function answerSchema({ name, shape, paged }: Dataset): Json {
  const row = { $ref: `#/definitions/${NAMES[name]}` }
  if (paged) return { $ref: `#/definitions/${NAMES[name]}Page` }
  return shape === 'object' ? row : { type: 'array', items: row }
}

function definitions(version: ApiVersion): Json {
  const rows = datasets.map((dataset) => [NAMES[dataset.name], rowSchema(dataset, version)])
  const pages = datasets
    .filter(({ paged }) => paged)
    .map(({ name }) => [
      `${NAMES[name]}Page`,
      {
        type: 'object',
        required: ['id', 'data', 'nextLink'],
        properties: {
          id: STRING,
          data: { type: 'array', items: { $ref: `#/definitions/${NAMES[name]}` } },
          nextLink: NULLABLE_STRING,
        },
      },
    ])
  return {
    ...(Object.fromEntries([...rows, ...pages]) as Json),
    Report: {
      type: 'object',
      required: ['id', 'enrollmentNumber', 'requestedOn', 'status', 'reportUrl'],
      properties: {
        id: STRING,
        enrollmentNumber: STRING,
        requestedOn: { type: 'string', format: 'date-time' },
        status: { type: 'integer', enum: Object.values(REPORT_STATUS) },
        blobPath: NULLABLE_STRING,
        reportUrl: STRING,
        startDate: NULLABLE_STRING,
        endDate: NULLABLE_STRING,
      },
    },
    Error: {
      type: 'object',
      required: ['error'],
      properties: {
        error: {
          type: 'object',
          required: ['code', 'message'],
          properties: { code: STRING, message: STRING },
        },
      },
    },
  }
}

function rowSchema({ columns, v3Fields, earlierNames }: Dataset, version: ApiVersion): Json {
  const nameIn = (name: string): string => (version === 'v3' ? name : (earlierNames[name] ?? name))
  const left = columns.filter(({ name }) => version === 'v3' || !v3Fields.includes(name))
  return {
    type: 'object',
    properties: Object.fromEntries(
      left.map((column) => [nameIn(column.name), columnSchema(column)]),
    ),
  }
}

function columnSchema({ kind, decimal }: ColumnDefinition): Json {
  switch (kind) {
    case 'number':
      return {
        type: 'number',
        'x-nullable': true,
        ...(decimal === true ? { format: 'double' } : {}),
      }
    case 'boolean':
      return { type: 'boolean', 'x-nullable': true }
    case 'nested':
      return { type: 'array', 'x-nullable': true, items: { type: 'object' } }
    case 'any':
      return {} // documented as a string, sent as a number
    default:
      return NULLABLE_STRING
  }
}
