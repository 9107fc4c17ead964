/**
 * Bodies with status 200 that are not the requested rows, for each dataset, initially and after a valid
 * snapshot.
 */
import type { DatasetName } from '../../../shared/datasets/dataset.ts'
import { type Answer, always, json, type PayloadCase } from '../payload-case.ts'
import { plainRows, rowOf } from '../plain-rows.ts'

const DATASETS: readonly DatasetName[] = [
  'billingperiods',
  'balancesummary',
  'usagedetails',
  'marketplacecharges',
  'pricesheet',
]

const CODES = [
  'SOURCE_ERROR',
  'ROWS_NOT_A_ROW',
  'ROWS_HIDDEN',
  'ROWS_UNEXPECTED_SHAPE',
  'ROWS_INVALID_JSON',
  'ROWS_INVALID_UTF8',
  'ROWS_CUT',
  'SOURCE_BAD_VALUE',
  'SOURCE_UNAVAILABLE',
] as const

interface Body {
  readonly name: string
  readonly answer: (dataset: DatasetName) => Answer
  readonly says?: RegExp
  /** Datasets for which the body would be a valid answer. */
  readonly except?: readonly DatasetName[]
}

const text = (name: string, body: string, says?: RegExp): Body => ({
  name,
  answer: () => json(body),
  ...(says === undefined ? {} : { says }),
})

const html =
  '<!DOCTYPE html><html><body><h1>Our services are not available right now</h1></body></html>'

const bodies: readonly Body[] = [
  text(
    'an error object',
    '{"error":{"code":"500","message":"Unexpected failure 4711"}}',
    /Unexpected failure 4711/,
  ),
  text(
    'an error object in other case',
    '{"Error":{"Code":"E1","Message":"Something failed"}}',
    /Something failed/,
  ),
  text(
    'the error of a web server',
    '{"Message":"An error has occurred."}',
    /An error has occurred/,
  ),
  text(
    'an error with a status',
    '{"statusCode":500,"message":"Internal server error","activityId":"a-1"}',
    /Internal server error/,
  ),
  text('an empty object', '{}'),
  text('null', 'null'),
  text('true', 'true'),
  text('a string', '"text"'),
  text('a number', '42'),
  text('nothing', ''),
  text('white space', ' \r\n '),
  {
    name: 'an HTML page',
    answer: () => ({ body: html, headers: { 'content-type': 'text/html' } }),
    says: /HTML/,
  },
  { name: 'an HTML page as JSON', answer: () => json(html), says: /HTML/ },
  text('XML', '<?xml version="1.0"?><Error><Code>InternalError</Code></Error>'),
  text('a list of null', '[null]'),
  text('a list of lists', '[[]]'),
  text('a list of numbers', '[1,2]'),
  text('an open bracket', '['),
  text('JSON with a comment', '[/* none */]'),
  text('single quotes', "[{'cost':1}]"),
  text('envelope with null for data', '{"id":"x","data":null,"nextLink":null}'),
  text('envelope with an object for data', '{"id":"x","data":{},"nextLink":null}'),
  text('envelope with a string for data', '{"id":"x","data":"none","nextLink":null}'),
  text('rows under value, as OData has them', '{"value":[{"cost":1}],"nextLink":null}'),
  {
    name: 'rows under Data',
    answer: (dataset) => json(`{"Id":"x","Data":[${plainRows(dataset, 2).join(',')}]}`),
  },
  { name: 'two lists', answer: (dataset) => json(`[${plainRows(dataset, 1).join()}][]`) },
  { name: 'a list without an end', answer: (dataset) => json(`[${plainRows(dataset, 2).join()}`) },
  { name: 'an extra comma', answer: (dataset) => json(`[${plainRows(dataset, 1).join()},]`) },
  {
    name: 'rows, one per line',
    answer: (dataset) => json(plainRows(dataset, 2).concat(plainRows(dataset, 1)).join('\n')),
  },
  { name: 'a row with NaN', answer: (dataset) => json(`[${rowOf(dataset, { extra: 'NaN' })}]`) },
  {
    name: 'a number with a plus',
    answer: (dataset) => json(`[${rowOf(dataset, { extra: '+1' })}]`),
  },
  {
    name: 'a number with leading zeros',
    answer: (dataset) => json(`[${rowOf(dataset, { extra: '007' })}]`),
  },
  {
    name: 'a number that begins with its point',
    answer: (dataset) => json(`[${rowOf(dataset, { extra: '.5' })}]`),
  },
  {
    name: 'a control character in a string',
    answer: (dataset) => json(`[${rowOf(dataset, { extra: '"\u0001"' })}]`),
  },
  {
    name: 'bytes that are not UTF-8',
    answer: (dataset) => json(latin1(rowOf(dataset, { extra: '"caf\u00e9"' }))),
  },
  {
    name: 'UTF-16',
    answer: (dataset) => json(Buffer.from(`\ufeff[${plainRows(dataset, 1).join()}]`, 'utf16le')),
  },
]

/** Lists with one element that is not a row. */
const among: readonly Body[] = [
  text('an empty row', '{}'),
  text('an error as a row', '{"error":{"code":"500","message":"Row failed 4712"}}', /4712/),
].map((body) => ({
  ...body,
  name: `${body.name} behind one that is`,
  answer: (dataset) =>
    json(`[${plainRows(dataset, 1).join()},${String(body.answer(dataset).body)}]`),
  // A balance is not a list, and in the list of periods a bad row is skipped and reported.
  except: ['balancesummary', 'billingperiods'],
}))

function latin1(row: string): Buffer {
  return Buffer.from(`[${row}]`, 'latin1')
}

export const notRows: readonly PayloadCase[] = [...bodies, ...among].flatMap((body) =>
  DATASETS.filter((dataset) => body.except?.includes(dataset) !== true).flatMap((dataset) =>
    [false, true].map((isSecond) => ({
      name: `${body.name}, ${dataset}, ${isSecond ? 'over a snapshot' : 'at first'}`,
      dataset,
      isSecond,
      source: always(body.answer(dataset)),
      expected: {
        kind: 'refused' as const,
        codes: CODES,
        ...(body.says === undefined ? {} : { says: body.says }),
        requestsAtMost: 20,
      },
    })),
  ),
)
