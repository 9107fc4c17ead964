/** The definitions of the old API's description: rows, pages and reports, from the catalogue of datasets. */
import { datasets } from '../../datasets/catalogue.ts'
import type { Dataset } from '../../datasets/dataset.ts'
import type { ColumnDefinition } from '../../rows/row-layout.ts'
import { REPORT_STATUS } from '../reporting/csv-report.ts'
import type { ApiVersion } from '../reporting/report-routes.ts'
import type { Json } from './json.ts'

/** How numbers of rows come: as JSON has them, or each as a string of its digits. */
export type Decimals = 'number' | 'text'

export const STRING = { type: 'string' }
const NULLABLE_STRING = { type: 'string', 'x-nullable': true }

/** What a row of a dataset is called. */
export const ROW_NAMES: Readonly<Record<Dataset['name'], string>> = {
  billingperiods: 'BillingPeriod',
  balancesummary: 'BalanceSummary',
  usagedetails: 'UsageDetail',
  marketplacecharges: 'MarketplaceCharge',
  pricesheet: 'PriceSheetRow',
}

/** What an answer with rows of a dataset looks like; v3 has also the one object in an array. */
export function answerSchema({ name, shape, paged }: Dataset, version: ApiVersion): Json {
  const row = definition(ROW_NAMES[name])
  if (paged) return definition(`${ROW_NAMES[name]}Page`)
  return shape === 'object' && version !== 'v3' ? row : { type: 'array', items: row }
}

export function definition(name: string): Json {
  return { $ref: `#/definitions/${name}` }
}

export function definitions(version: ApiVersion, decimals: Decimals): Json {
  const rows = datasets.map((each) => [ROW_NAMES[each.name], rowSchema(each, version, decimals)])
  const pages = datasets
    .filter(({ paged }) => paged)
    .map(({ name }) => [`${ROW_NAMES[name]}Page`, pageSchema(ROW_NAMES[name])])
  return {
    ...(Object.fromEntries([...rows, ...pages]) as Json),
    NamedAmount: {
      type: 'object',
      properties: { name: NULLABLE_STRING, value: amount(decimals) },
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
    },
    Error: {
      type: 'object',
      required: ['error'],
      properties: { error: definition('ErrorDetail') },
    },
    ErrorDetail: {
      type: 'object',
      required: ['code', 'message'],
      properties: { code: STRING, message: STRING },
    },
  }
}

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
}

function capitalized(name: string): string {
  return `${name[0]?.toUpperCase()}${name.slice(1)}`
}

function pageSchema(row: string): Json {
  return {
    type: 'object',
    required: ['id', 'data', 'nextLink'],
    properties: {
      id: STRING,
      data: { type: 'array', items: definition(row) },
      nextLink: NULLABLE_STRING,
    },
  }
}

function rowSchema(dataset: Dataset, version: ApiVersion, decimals: Decimals): Json {
  const { columns, v3Fields, earlierNames } = dataset
  const nameIn = (name: string): string => (version === 'v3' ? name : (earlierNames[name] ?? name))
  const left = columns.filter(({ name }) => version === 'v3' || !v3Fields.includes(name))
  return {
    type: 'object',
    properties: Object.fromEntries(
      left.map((column) => [nameIn(column.name), columnSchema(column, decimals)]),
    ),
    // The old API added fields without a new version: typed clients shall keep them.
    additionalProperties: true,
  }
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

/** Ids are whole numbers, which do not fit into 32 bits; every other number may have a fraction. */
function isId(column: string): boolean {
  return column.endsWith('Id')
}

/** The format is a word of some generators; to the others it is a number as any. */
function amount(decimals: Decimals): Json {
  if (decimals === 'text') return NULLABLE_STRING
  return { type: 'number', format: 'decimal', 'x-nullable': true }
}
