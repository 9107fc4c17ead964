import { app } from '@azure/functions'
import { datasets } from '../shared/datasets/catalogue.ts'
import { scheduleSetting } from '../shared/datasets/dataset.ts'
import { hostDeps } from '../shared/deps.ts'
import { invocation, lastRun } from '../shared/http/functions-adapter.ts'
import { archiveDataset } from '../shared/usecases/plan/archive-dataset.ts'
import { sweep } from '../shared/usecases/plan/sweep.ts'
import { reconcileAll } from '../shared/usecases/reconcile/reconcile-all.ts'
import { writeLedger } from '../shared/usecases/seal/write-ledger.ts'
import { reportStatus } from '../shared/usecases/status/report-status.ts'
import { verifyDaily } from '../shared/usecases/verify/verify-daily.ts'

for (const dataset of datasets) {
  app.timer(`archive-${dataset.name}`, {
    schedule: `%${scheduleSetting(dataset)}%`,
    handler: (timer, context) => {
      const { archive, signal } = invocation(hostDeps().archive, context)
      return archiveDataset(archive, dataset, signal, lastRun(timer))
    },
  })
}

app.timer('reconcile', {
  schedule: '%RECONCILE_SCHEDULE%',
  handler: async (_timer, context) => {
    const { archive, signal } = invocation(hostDeps().archive, context)
    await reconcileAll(archive, signal)
  },
})

app.timer('ledger', {
  schedule: '%LEDGER_SCHEDULE%',
  handler: async (_timer, context) => {
    await writeLedger(invocation(hostDeps().archive, context).archive)
  },
})

app.timer('verify', {
  schedule: '%VERIFY_SCHEDULE%',
  handler: async (_timer, context) => {
    const { archive, signal } = invocation(hostDeps().archive, context)
    await verifyDaily(archive, signal)
  },
})

app.timer('status', {
  schedule: '%STATUS_SCHEDULE%',
  handler: async (_timer, context) => {
    const { archive } = invocation(hostDeps().archive, context)
    await reportStatus({ ...archive, keyRing: hostDeps().keyRing })
  },
})

app.timer('sweep', {
  schedule: '%SWEEP_SCHEDULE%',
  handler: (_timer, context) => sweep(invocation(hostDeps().archive, context).archive),
})
