/** The same requests without a client, for comparison with the typed answers. */
import type { DotnetSettings } from './dotnet-clients.ts'

/** How to get an operation's answer without a client, and what to compare. */
export interface Operation {
  /** Empty if `self` has it. */
  readonly path: string
  /** The member of the answer that links to the answer itself. */
  readonly self?: 'url' | 'reportUrl'
  /** A file: its bytes are compared. */
  readonly isFile?: true
  /** Headers for a request that should be rejected. */
  readonly tag?: string
  readonly isRefused?: true
  /** Members with a state or a temporary link, which change from moment to moment. */
  readonly moving?: readonly string[]
}

/** By the name of the call in the C# sources. */
export function operationsFor(settings: DotnetSettings): ReadonlyMap<string, Operation> {
  const { enrollment, period, part, file, downloadId, cursor, skiptoken, rowsTag, usageTag } =
    settings
  const enrollments = `/archive/enrollments/${enrollment}`
  const usage = `${enrollments}/usagedetails/${period}`
  const old = `/v3/enrollments/${enrollment}`
  const ofPeriod = `${old}/billingPeriods/${period}`
  const days = 'startTime=2017-04-05&endTime=2017-04-06'
  const text = 'decimals=text'
  const skip = encodeURIComponent(skiptoken)

  const archive: [string, Operation][] = [
    ['listEnrollments', { path: '/archive/enrollments' }],
    ['listPeriods', { path: `${enrollments}/periods` }],
    ['listSnapshots', { path: `${usage}/snapshots?limit=1` }],
    ['listSnapshots older', { path: `${usage}/snapshots?before=2` }],
    ['getManifest', { path: `${usage}/snapshots/1` }],
    ['newestRows', { path: `${usage}/rows?${text}` }],
    [
      'newestRows some',
      {
        path: `${usage}/rows?${text}&select=date,meterName,cost&where=cost%3E%3D1&where=date%3E%3D2017-04-03&limit=20`,
      },
    ],
    ['newestRows balance', { path: `${enrollments}/balancesummary/${period}/rows?${text}` }],
    [
      'snapshotRows',
      {
        path: `${usage}/snapshots/1/rows?${text}&limit=100&cursor=${encodeURIComponent(cursor)}`,
      },
    ],
    ['getPartFile', { path: `${usage}/snapshots/1/files/${part}/${file}`, isFile: true }],
    ['getDiff', { path: `${usage}/diff?from=1&to=2&rows=5&${text}` }],
    ['getTotals', { path: `${enrollments}/usagedetails/totals?groupBy=meterName%2CbillingPeriod` }],
    ['refresh', { path: '', self: 'url', moving: ['status', 'closedAt', 'parts', 'number'] }],
    ['getRefresh', { path: '', self: 'url' }],
    ['getDownload', { path: `/archive/downloads/${downloadId}` }],
    ['getDownloadFile', { path: `/archive/downloads/${downloadId}/file`, isFile: true }],
    ['getVerification', { path: '/archive/verification' }],
    ['getHealth', { path: '/archive/health', moving: ['checkedAt'] }],
    ['newestRows 304', { path: `${usage}/rows`, tag: rowsTag, isRefused: true }],
    ['getManifest 404', { path: `${usage}/snapshots/999`, isRefused: true }],
    ['newestRows 400', { path: `${usage}/rows?select=nothing`, isRefused: true }],
  ]
  const reporting: [string, Operation][] = [
    ['BillingPeriods_List', { path: `${old}/billingperiods` }],
    ['BalanceSummary_Get', { path: `${old}/balancesummary` }],
    ['BalanceSummary_GetByBillingPeriod', { path: `${ofPeriod}/balancesummary` }],
    ['UsageDetails_List', { path: `${old}/usagedetails` }],
    ['UsageDetails_ListByBillingPeriod', { path: `${ofPeriod}/usagedetails` }],
    [
      'UsageDetails_ListByBillingPeriod next',
      { path: `${ofPeriod}/usagedetails?skiptoken=${skip}` },
    ],
    ['UsageDetails_ListByCustomDate', { path: `${old}/usagedetailsbycustomdate?${days}` }],
    [
      'UsageDetails_Download',
      { path: `${old}/usagedetails/download?billingPeriod=${period}`, isFile: true },
    ],
    ['UsageDetails_Submit', { path: '', self: 'reportUrl', moving: ['status', 'blobPath'] }],
    ['UsageDetails_GetReport', { path: '', self: 'reportUrl', moving: ['blobPath'] }],
    ['MarketplaceCharges_List', { path: `${old}/marketplacecharges` }],
    ['MarketplaceCharges_ListByBillingPeriod', { path: `${ofPeriod}/marketplacecharges` }],
    [
      'MarketplaceCharges_ListByCustomDate',
      { path: `${old}/marketplacechargesbycustomdate?${days}` },
    ],
    ['PriceSheet_List', { path: `${old}/pricesheet` }],
    ['PriceSheet_ListByBillingPeriod', { path: `${ofPeriod}/pricesheet` }],
    ['UsageDetails_List 304', { path: `${ofPeriod}/usagedetails`, tag: usageTag, isRefused: true }],
    [
      'BalanceSummary_GetByBillingPeriod 404',
      { path: `${old}/billingPeriods/209912/balancesummary`, isRefused: true },
    ],
    ['text UsageDetails_ListByBillingPeriod', { path: `${ofPeriod}/usagedetails?${text}` }],
    ['text BalanceSummary_GetByBillingPeriod', { path: `${ofPeriod}/balancesummary?${text}` }],
    [
      'text MarketplaceCharges_ListByBillingPeriod',
      { path: `${ofPeriod}/marketplacecharges?${text}` },
    ],
    ['text PriceSheet_ListByBillingPeriod', { path: `${ofPeriod}/pricesheet?${text}` }],
  ]
  return new Map([...archive, ...reporting])
}
