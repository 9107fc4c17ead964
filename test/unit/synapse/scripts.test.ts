import { globSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { datasets } from '../../../shared/datasets/catalogue.ts'
import { string } from '../../../shared/datasets/column.ts'
import { columnsAt } from '../../../shared/datasets/columns-at.ts'
import { usageDetails } from '../../../shared/datasets/usage-details.ts'
import { containers } from '../../../shared/format/layout.ts'
import { type ViewFormat, type ViewTable, viewName } from '../../../shared/format/view-names.ts'
import { scripts } from '../../../synapse/generate/scripts.ts'

const folder = resolve(import.meta.dirname, '../../../synapse')
const files = scripts()
const all = [...files.values()].join('\n')

/** The statement that creates a view. */
function viewOf(schema: string, name: string, text = all): string {
  const start = text.indexOf(`CREATE OR ALTER VIEW [${schema}].[${name}] AS\n`)
  expect(start, `${schema}.${name}`).toBeGreaterThanOrEqual(0)
  return text.slice(start, text.indexOf('\nGO', start))
}

/** The columns of a file, as the clause WITH binds them by name. */
function fileColumns(view: string): [string, string][] {
  const columns = view.slice(view.indexOf(') WITH ('), view.lastIndexOf(') AS r'))
  return [...columns.matchAll(/^ {4}\[(\w+)\] ([^\n]*?),?$/gm)].map(([, name = '', type = '']) => [
    name,
    type,
  ])
}

const TEXT = 'COLLATE Latin1_General_100_BIN2_UTF8'

describe('the scripts for Synapse', () => {
  it('are those of the catalogue (npm run synapse:generate)', () => {
    const names = globSync('**/*.sql', { cwd: folder }).sort()
    expect(names).toEqual([...files.keys()].sort())
    for (const [name, text] of files) {
      expect(readFileSync(join(folder, name), 'utf8'), name).toBe(text)
    }
  })

  it('name the account and the password once, in the script of the data source', () => {
    for (const placeholder of ['<account>', '<password>', '<reader>']) {
      const inStatements = all.replaceAll(/^--.*$/gm, '').split(placeholder)
      expect(inStatements.length, placeholder).toBe(2)
    }
    const source = files.get('02-data-source.sql')
    expect(source).toContain(`'https://<account>.dfs.core.windows.net/${containers.current}'`)
  })

  it('read each file of the view by its folders', () => {
    const series = { enrollment: '100', billingPeriod: '202611' }
    const formats: ViewFormat[] = ['parquet', 'csv']
    const tables: ViewTable[] = ['rows', 'summary', 'snapshots']
    for (const format of formats) {
      for (const { name: dataset } of datasets) {
        for (const table of tables) {
          const view = viewOf(format, table === 'rows' ? dataset : table)
          const [, path = ''] = /BULK '([^']+)'/.exec(view) ?? []
          const pattern = new RegExp(`^${path.replaceAll('.', '\\.').replaceAll('*', '([^/]+)')}$`)
          const [, ...folders] = pattern.exec(viewName({ ...series, dataset }, format, table)) ?? []
          const named = [...view.matchAll(/r\.filepath\((\d)\) AS \[(\w+)\]/g)]
          const values = named.map(([, place, name]) => [name, folders[Number(place) - 1]])
          expect(values).toEqual([
            ...(table === 'rows' ? [] : [['dataset', dataset]]),
            ['enrollment', '100'],
            ['period', '202611'],
          ])
        }
      }
    }
  })

  it('bind every column by its exact name, in the order of the file', () => {
    for (const dataset of datasets) {
      const { names } = columnsAt(dataset, dataset.rowsVersion)
      const parquet = fileColumns(viewOf('parquet', dataset.name)).map(([name]) => name)
      const csv = fileColumns(viewOf('csv', dataset.name)).map(([name]) => name)
      expect(parquet).toEqual([...names, 'exact'])
      expect(csv).toEqual(names)
    }
  })

  it('have no column twice, whatever its case', () => {
    for (const [view] of all.matchAll(/CREATE OR ALTER VIEW.*?\nFROM /gs)) {
      const columns = [...view.matchAll(/(?:AS |r\.)\[(\w+)\](?=,?\n)/g)].map(([, name]) => name)
      expect(columns.length).toBeGreaterThan(4)
      expect(new Set(columns.map((name) => name?.toLowerCase())).size).toBe(columns.length)
    }
  })

  it('type the columns of Parquet', () => {
    const types = Object.fromEntries(fileColumns(viewOf('parquet', 'usagedetails')))
    expect(types).toMatchObject({
      cost: 'decimal(38,18)',
      resourceRate: 'decimal(38,18)',
      date: 'date',
      chargesBilledSeparately: 'bit',
      accountId: `varchar(1024) ${TEXT}`,
      tags: `varchar(max) ${TEXT}`,
      exact: `varchar(max) ${TEXT}`,
    })
    expect(viewOf('parquet', 'snapshots')).toContain('CAST(r.[number] AS bigint) AS [number]')
  })

  it('read CSV as texts within the limits of parser 2.0', () => {
    for (const name of [...datasets.map((dataset) => dataset.name), 'summary', 'snapshots']) {
      const view = viewOf('csv', name)
      expect(view).toContain(`PARSER_VERSION = '2.0'`)
      expect(view).toContain('HEADER_ROW = TRUE')
      for (const [, type] of fileColumns(view)) {
        const [, bytes] = /^varchar\((\d+)\) COLLATE \w+_UTF8$/.exec(type) ?? []
        expect(Number(bytes)).toBeLessThanOrEqual(8000)
      }
    }
  })

  it('sum the columns that have totals', () => {
    for (const dataset of datasets) {
      const summed = dataset.columns.filter(({ decimal }) => decimal === true)
      if (summed.length === 0) continue
      const view = viewOf('exact', `${dataset.name}_totals`)
      for (const { name } of summed) {
        expect(view).toContain(`('${name}', r.[${name}], JSON_VALUE(r.[exact], '$.${name}'))`)
      }
    }
  })

  it('follow the catalogue', () => {
    const newer = {
      ...usageDetails,
      rowsVersion: 2,
      columns: [...usageDetails.columns, string('benefitId', { since: 2 })],
    }
    const text = scripts([newer]).get('04-parquet-views.sql')
    const names = fileColumns(viewOf('parquet', 'usagedetails', text)).map(([name]) => name)
    expect(names.slice(-3)).toEqual(['otherFields', 'benefitId', 'exact'])
  })
})
