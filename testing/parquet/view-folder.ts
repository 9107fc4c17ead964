import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { StoredArchive } from '../stack/read-archive.ts'

/** Copies the view into a folder, under the names that it has in storage. */
export async function copyView(
  stored: Pick<StoredArchive, 'names' | 'bytes'>,
  folder: string,
): Promise<void> {
  for (const name of await stored.names('billing-current')) {
    const path = join(folder, name)
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, await stored.bytes('billing-current', name))
  }
}
