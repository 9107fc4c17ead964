/** All scripts, by their paths in `synapse/`. The numbers are the order in which they are run. */
import { datasets as all } from '../../shared/datasets/catalogue.ts'
import type { Dataset } from '../../shared/datasets/dataset.ts'
import { csvViews } from './csv-views.ts'
import { exactNumber } from './exact-number.ts'
import { exactTotals } from './exact-totals.ts'
import { parquetViews } from './parquet-views.ts'
import { questions } from './questions.ts'
import { readers } from './readers.ts'
import { createDatabase, dataSource } from './storage-access.ts'

const BANNER = `-- Generated from the catalogue by \`npm run synapse:generate\`; docs/synapse.md explains how to use it.\n`

/** The text of every script. The same catalogue gives the same bytes. */
export function scripts(datasets: readonly Dataset[] = all): ReadonlyMap<string, string> {
  const texts: readonly (readonly [string, string])[] = [
    ['01-database.sql', createDatabase()],
    ['02-data-source.sql', dataSource()],
    ['03-exact-number.sql', exactNumber()],
    ['04-parquet-views.sql', parquetViews(datasets)],
    ['05-csv-views.sql', csvViews(datasets)],
    ['06-exact-totals.sql', exactTotals(datasets)],
    ['07-readers.sql', readers()],
    ...questions(datasets),
  ]
  return new Map(texts.map(([name, text]) => [name, `${BANNER}${text.trim()}\n`]))
}
