/** Every route of the archive's own API: served, described and tested from this one list. */

import { getDiff } from './diff.ts'
import { getDownload, getDownloadFile } from './downloads.ts'
import { listEnrollments, listPeriods } from './enrollments.ts'
import { getHealth } from './health.ts'
import { getRefresh, postRefresh } from './refresh.ts'
import type { Route } from './route.ts'
import { newestRows, snapshotRows } from './rows.ts'
import { getManifest, getPartFile, listSnapshots } from './snapshots.ts'
import { getTotals } from './totals.ts'
import { getVerification } from './verification.ts'

export const routes: readonly Route[] = [
  listEnrollments,
  listPeriods,
  listSnapshots,
  getManifest,
  snapshotRows,
  newestRows,
  getPartFile,
  getDiff,
  getTotals,
  postRefresh,
  getRefresh,
  getDownload,
  getDownloadFile,
  getVerification,
  getHealth,
]
