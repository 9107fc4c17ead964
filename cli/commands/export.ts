import { createWriteStream } from 'node:fs'
import { rename } from 'node:fs/promises'
import { dirname, join, resolve, sep } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { makeFolder } from '../../local/make-folder.ts'
import { ArchiveError } from '../../shared/errors.ts'
import type { Series } from '../../shared/snapshots/series.ts'
import { exportSnapshot, findSnapshot } from '../../shared/usecases/export-snapshot.ts'
import type { Context } from '../context.ts'
import { type Outcome, ok } from '../outcome.ts'

/** A snapshot's manifest and files into a folder, as they lie in storage, each checked on the way. */
export async function exportFiles(
  { deps, say }: Context,
  series: Omit<Series, 'source'>,
  wanted: { readonly number?: number; readonly asOf?: string },
  folder: string,
): Promise<Outcome> {
  const { snapshots, source } = deps.archive
  const target = { ...series, source: source.kind }
  const snapshot = await findSnapshot(snapshots, target, wanted)
  const root = resolve(folder)
  const exported = await exportSnapshot(snapshots, snapshot, async (name, bytes) => {
    const file = resolve(join(root, name))
    // A manifest that was tampered with must not write elsewhere.
    if (!file.startsWith(root + sep)) {
      throw new ArchiveError('FORMAT_INVALID', `${name} would lie outside of ${root}`)
    }
    await makeFolder(dirname(file))
    // Under its own name only when it is whole and right.
    await pipeline(bytes, createWriteStream(`${file}.part`))
    await rename(`${file}.part`, file)
    say(name)
  })
  const { number } = snapshot.manifest
  const text = `snapshot ${number}: ${exported.files} files, ${exported.bytes} bytes, in ${root}`
  return ok(text, { number, manifestSha256: snapshot.sha256, folder: root, ...exported })
}
