/**
 * The definitions in the old API's description: rows, pages and reports, generated from the catalogue of
 * datasets.
 */
import { datasetNamed } from '../../datasets/catalogue.ts'
import { columnsAt } from '../../datasets/columns-at.ts'
import type { ColumnDefinition } from '../../rows/row-layout.ts'
import { type ReportContract, reportContracts } from '../reporting/contract.ts'
import { REPORT_STATUS } from '../reporting/csv-report.ts'
import type { ApiVersion } from '../reporting/report-routes.ts'
import { EXAMPLE_ENROLLMENT, EXAMPLE_PERIOD, EXAMPLE_ROWS } from './examples.ts'
import type { Json } from './json.ts'

/** Whether numbers in rows are JSON numbers or strings of their digits. */
export type Decimals = 'number' | 'text'

export const STRING = { type: 'string' }
const NULLABLE_STRING = { type: 'string', 'x-nullable': true }

/** The answer with rows of a dataset; in v3 a single object is in an array too. */
export function responseSchema(contract: ReportContract, version: ApiVersion): Json {
  const { row: name, shape, paged } = contract
  const row = definition(name)
  if (paged) return definition(`${name}Page`)
  return shape === 'object' && version !== 'v3' ? row : { type: 'array', items: row }
}

export function definition(name: string): Json {
  return { $ref: `#/definitions/${name}` }
}

export function definitions(version: ApiVersion, decimals: Decimals): Json {
  const rows = reportContracts.map((each) => [each.row, rowSchema(each, version, decimals)])
  const pages = reportContracts
    .filter(({ paged }) => paged)
    .map((each) => [`${each.row}Page`, pageSchema(each, version, decimals)])
  return {
    ...(Object.fromEntries([...rows, ...pages]) as Json),
    NamedAmount: {
      type: 'object',
      properties: { name: NULLABLE_STRING, value: amount(decimals) },
      example: { name: 'Azure prepayment', value: numbered(1000, decimals) },
    },
    Report: REPORT,
    ReportStatus: {
      type: 'integer',
      enum: Object.values(REPORT_STATUS),
      'x-enumNames': Object.keys(REPORT_STATUS).map(capitalized),
      'x-ms-enum': {
        name: 'ReportStatus',
        modelAsString: false,
        values: Object.entries(REPORT_STATUS).map(([name, value]) => ({
          value,
          name: capitalized(name),
        })),
      },
      example: REPORT_STATUS.completed,
    },
    Error: {
      type: 'object',
      required: ['error'],
      properties: { error: definition('ErrorDetail') },
      example: { error: EXAMPLE_ERROR },
    },
    ErrorDetail: {
      type: 'object',
      required: ['code', 'message'],
      properties: { code: STRING, message: STRING },
      example: EXAMPLE_ERROR,
    },
  }
}

const EXAMPLE_ERROR = { code: '404', message: 'usagedetails of 201704 is not archived' }
const EXAMPLE_REPORT = '4d0e4c7d5f7d7f5d0b1b4d6a4f0c9b8a7e6d5c4b3a29181706f5e4d3c2b1a090'

const REPORT: Json = {
  type: 'object',
  required: ['id', 'enrollmentNumber', 'requestedOn', 'status', 'reportUrl'],
  properties: {
    id: STRING,
    enrollmentNumber: STRING,
    requestedOn: { type: 'string', format: 'date-time' },
    status: definition('ReportStatus'),
    blobPath: NULLABLE_STRING,
    reportUrl: STRING,
    startDate: NULLABLE_STRING,
    endDate: NULLABLE_STRING,
  },
  example: {
    id: EXAMPLE_REPORT,
    enrollmentNumber: EXAMPLE_ENROLLMENT,
    requestedOn: '2017-05-02T08:00:00.000Z',
    status: REPORT_STATUS.completed,
    blobPath: `https://mybilling.blob.core.windows.net/…/${EXAMPLE_REPORT}.csv?sv=…`,
    reportUrl: `https://mybilling.azurewebsites.net/v3/enrollments/${EXAMPLE_ENROLLMENT}/usagedetails/reports/${EXAMPLE_REPORT}-1493712000000`,
    startDate: '2017-04-01T00:00:00',
    endDate: '2017-04-30T00:00:00',
  },
}

function capitalized(name: string): string {
  return `${name[0]?.toUpperCase()}${name.slice(1)}`
}

function pageSchema(contract: ReportContract, version: ApiVersion, decimals: Decimals): Json {
  const { row, route } = contract
  const path = `enrollments/${EXAMPLE_ENROLLMENT}/billingperiods/${EXAMPLE_PERIOD}/${route}`
  return {
    type: 'object',
    required: ['id', 'data', 'nextLink'],
    properties: {
      id: STRING,
      data: { type: 'array', items: definition(row) },
      nextLink: NULLABLE_STRING,
    },
    example: {
      id: path,
      data: [exampleRow(contract, version, decimals)],
      nextLink: `https://mybilling.azurewebsites.net/${version}/${path}?skiptoken=…`,
    },
  }
}

function rowSchema(contract: ReportContract, version: ApiVersion, decimals: Decimals): Json {
  const { v3Fields, earlierNames } = contract
  const columns = columnsOf(contract)
  const nameIn = (name: string): string => (version === 'v3' ? name : (earlierNames[name] ?? name))
  const left = columns.filter(({ name }) => version === 'v3' || !v3Fields.includes(name))
  return {
    type: 'object',
    properties: Object.fromEntries(
      left.map((column) => [nameIn(column.name), columnSchema(column, decimals)]),
    ),
    // The old API added fields without a new version, so typed clients should keep unknown ones.
    additionalProperties: true,
    example: exampleRow(contract, version, decimals),
  }
}

/** A row with the field names and number format of the version. */
function exampleRow(contract: ReportContract, version: ApiVersion, decimals: Decimals): Json {
  const { v3Fields, earlierNames, dataset } = contract
  const columns = columnsOf(contract)
  const row = EXAMPLE_ROWS[dataset] ?? {}
  const left = columns.filter((column) => version === 'v3' || !v3Fields.includes(column.name))
  return Object.fromEntries(
    left.map((column) => [
      version === 'v3' ? column.name : (earlierNames[column.name] ?? column.name),
      numbered(row[column.name] ?? null, decimals),
    ]),
  )
}

function columnsOf({ dataset: name }: ReportContract): readonly ColumnDefinition[] {
  const dataset = datasetNamed(name)
  return columnsAt(dataset, dataset.rowsVersion).definitions
}

/** A value with its numbers as JSON numbers, or as text. */
function numbered(value: unknown, decimals: Decimals): unknown {
  if (typeof value === 'number') return decimals === 'text' ? String(value) : value
  if (Array.isArray(value)) return value.map((each) => numbered(each, decimals))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [name, numbered(each, decimals)]),
  )
}

function columnSchema({ kind, name }: ColumnDefinition, decimals: Decimals): Json {
  switch (kind) {
    case 'number':
      return isId(name) && decimals === 'number'
        ? { type: 'integer', format: 'int64', 'x-nullable': true }
        : amount(decimals)
    case 'boolean':
      return { type: 'boolean', 'x-nullable': true }
    case 'nested':
      return { type: 'array', 'x-nullable': true, items: definition('NamedAmount') }
    case 'any':
      return decimals === 'text' ? NULLABLE_STRING : {} // documented as a string, sent as a number
    default:
      return NULLABLE_STRING
  }
}

/** Ids are integers that do not fit into 32 bits; all other numbers may have a fraction. */
function isId(column: string): boolean {
  return column.endsWith('Id')
}

/** Some generators support this format; to others it is an ordinary number. */
function amount(decimals: Decimals): Json {
  if (decimals === 'text') return NULLABLE_STRING
  return { type: 'number', format: 'decimal', 'x-nullable': true }
}
