/** `export --view`: copies the view's files to a folder, under their names in storage. */
import { join, resolve } from 'node:path'
import { ArchiveError } from '../../shared/errors.ts'
import { viewFileOf } from '../../shared/format/view-names.ts'
import { namedSeries } from '../arguments.ts'
import type { Context } from '../context.ts'
import { counted, type Outcome, ok } from '../outcome.ts'
import { type ExportFlags, sizeOf } from './export.ts'
import { save } from './save-file.ts'

/** `dataset`, `words`: only these files; all if absent. Rejects with `NOT_FOUND` if there are none. */
export async function exportView(
  { deps, folder, say }: Context,
  dataset: string | undefined,
  words: readonly string[],
  { to, csv, number, asOf, enrollment, source }: ExportFlags,
): Promise<Outcome> {
  if (csv || number !== undefined || asOf !== undefined || source !== undefined) {
    const message =
      '--view copies the newest snapshots: leave out --csv, --number, --as-of, --source'
    throw new ArchiveError('BAD_REQUEST', message)
  }
  const one =
    dataset === undefined || words.length === 0 ? null : namedSeries(dataset, words, enrollment)
  const wanted = {
    dataset,
    enrollment: one?.enrollment ?? enrollment,
    billingPeriod: one?.billingPeriod,
  }
  const root = resolve(folder, to)
  const { view } = deps.archive
  const written = { files: 0, unchanged: 0, bytes: 0 }
  for await (const { name, bytes } of view.list('')) {
    const found = viewFileOf(name)
    if (found === null) continue
    const isWanted =
      (wanted.dataset ?? found.dataset) === found.dataset &&
      (wanted.enrollment ?? found.enrollment) === found.enrollment &&
      (wanted.billingPeriod ?? found.billingPeriod) === found.billingPeriod
    if (!isWanted) continue
    if (await save(join(root, name), view.stream(name))) written.unchanged++
    written.files++
    written.bytes += bytes
    say(name)
  }
  if (written.files === 0) {
    const todo = 'archive something first, or check --view-account'
    throw new ArchiveError('NOT_FOUND', `the view has no such file: ${todo}`)
  }
  const there = written.unchanged === 0 ? '' : ` (${written.unchanged} already there)`
  const text = `view: ${counted(written.files, 'file')}${there}, ${sizeOf(written.bytes)}, in ${root}`
  return ok(text, { folder: root, ...written })
}
