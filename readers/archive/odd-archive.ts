/** An archive, made by the real program, of a month with odd rows in every dataset. */
import type { Stack, TestArchive } from '../../testing/stack/archive-stack.ts'
import { oddBalance, oddMarketplace, oddPrices, oddUsage } from './odd-rows.ts'
import { periodRow, startRowServer } from './row-server.ts'

const DAY = '2017-04-03'

export async function oddArchive(stack: Stack): Promise<Pick<TestArchive, 'blobUrl' | 'close'>> {
  const server = await startRowServer((dataset, day) => {
    switch (dataset) {
      case 'billingperiods':
        return [periodRow()]
      case 'usagedetails':
        return oddUsage(day ?? DAY)
      case 'marketplacecharges':
        return oddMarketplace(day ?? DAY)
      case 'pricesheet':
        return oddPrices()
      default:
        return [oddBalance()]
    }
  })
  const settings = { EA_REPORTING_ENDPOINT: server.url, VIEW_FORMATS: 'csv,parquet' }
  const archive = await stack.fresh({ settings })
  await archive.run(DAY)
  return {
    blobUrl: archive.blobUrl,
    async close() {
      await archive.close()
      await server.close()
    },
  }
}
