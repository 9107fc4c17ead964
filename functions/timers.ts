import { app } from '@azure/functions'
import { datasets } from '../shared/datasets/catalogue.ts'
import { hostDeps } from '../shared/deps.ts'
import { invocation } from '../shared/http/functions-adapter.ts'
import { archiveDataset } from '../shared/usecases/archive-dataset.ts'
import { sweep } from '../shared/usecases/sweep.ts'

for (const dataset of datasets) {
  app.timer(`archive-${dataset.name}`, {
    schedule: `%${dataset.schedule.setting}%`,
    handler: (_timer, context) => {
      const { archive, signal } = invocation(hostDeps().archive, context)
      return archiveDataset(archive, dataset, signal)
    },
  })
}

app.timer('sweep', {
  schedule: '%SWEEP_SCHEDULE%',
  handler: (_timer, context) => sweep(invocation(hostDeps().archive, context).archive),
})
