/** Values that the schemas of answers share. */
import { z } from 'zod'
import { manifestSchema } from '../../format/manifest.ts'
import { seriesSchema } from '../../format/series.ts'

export const text = z.string()
export const count = z.int().nonnegative()
export const time = z.iso.datetime({ precision: 3 })
export const hex64 = z.string().regex(/^[0-9a-f]{64}$/)
export const link = z.url()
export const decimals = z
  .record(z.string(), z.string())
  .meta({ description: 'Exact decimal sums by column, in plain notation' })

export const source = seriesSchema.shape.source
  .optional()
  .meta({ description: 'Source of the rows; absent if only one has the dataset' })

export const { number } = manifestSchema.shape
