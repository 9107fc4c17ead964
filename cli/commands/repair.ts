import { createReadStream, existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { ArchiveError } from '../../shared/errors.ts'
import type { FindCopies } from '../../shared/usecases/repair/copies.ts'
import { repairArchive } from '../../shared/usecases/repair/repair-archive.ts'
import { type Filter, matches } from '../arguments.ts'
import type { Context } from '../context.ts'
import { labelOf } from '../label-of.ts'
import { counted, type Outcome } from '../outcome.ts'

/**
 * Where to look for copies of files; with `isRemade` alone, nowhere: files are only regenerated from others.
 */
export interface RepairFlags extends Filter {
  /** A folder with the same layout as the container, e.g. one that `export --to` wrote. */
  readonly from?: string
  readonly isRemade: boolean
}

/** Repairs what can be repaired, and reports what can't. Exit code 1 if damage remains. */
export async function repair({ deps, say, folder }: Context, flags: RepairFlags): Promise<Outcome> {
  const copies: FindCopies[] = []
  if (!flags.isRemade) copies.push(deps.olderVersions)
  if (flags.from !== undefined) copies.push(copiesIn(resolve(folder, flags.from)))
  const { repaired, faults, series } = await repairArchive(deps.archive, {
    isWanted: matches(flags),
    copies,
    onSeries: (one, done, left) => {
      for (const { path, from } of done) say(`${path}\n  ${from}`)
      say(
        `${left === 0 ? 'ok    ' : 'FAULTY'} ${labelOf({ deps }, one)}: ${counted(done.length, 'file')} repaired`,
      )
    },
  })
  const lines = [
    `${series} series checked, ${counted(repaired.length, 'file')} repaired, ${counted(faults.length, 'fault')} left`,
    ...faults.map(({ code, blob, message }) => `${code} ${blob}\n  ${message}`),
    ...(faults.length === 0 ? [] : [LEFT]),
  ]
  return {
    text: lines.join('\n'),
    json: { series, repaired, faults },
    exitCode: faults.length === 0 ? 0 : 1,
  }
}

const LEFT =
  'The remaining files need a copy with the same digest: name a folder with --from (an export, or a backup with the layout of the container), or recover the blob in storage (soft delete, point-in-time restore).'

function copiesIn(root: string): FindCopies {
  if (!existsSync(root)) {
    throw new ArchiveError(
      'BAD_REQUEST',
      `there is no folder ${root}: name the folder with the copies with --from`,
    )
  }
  return async function* (name) {
    const file = join(root, name)
    if (existsSync(file)) yield { from: file, bytes: () => createReadStream(file) }
  }
}
