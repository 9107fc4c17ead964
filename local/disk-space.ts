/** Detects a full disk before storage fails with a less clear error. */
import { statfs } from 'node:fs/promises'

/** Storage writes its index, a part's files and its log; with less space it would fail in the middle of one. */
const LEAST_MIB = 64

const LOOK_MS = 1_000

/** A one-line message; null while there is space. */
export async function fullDisk(
  folder: string,
  leastMib: number = leastFrom(process.env['LOCAL_MIN_FREE_MIB']),
): Promise<string | null> {
  const { bavail, bsize } = await statfs(folder)
  const freeMib = (bavail * bsize) / 1024 / 1024
  if (freeMib >= leastMib) return null
  return `ENOSPC: the disk of ${folder} has ${freeMib.toFixed(0)} MiB left, but at least ${leastMib} MiB are needed: free some space, or choose a folder on another disk with --data-dir. Archived data is safe.`
}

function leastFrom(text: string | undefined): number {
  const mib = Number(text)
  return text === undefined || text === '' || !(mib >= 0) ? LEAST_MIB : mib
}

/** Calls `onFull` once when space runs out; returns a function that stops watching. */
export function watchDisk(folder: string, onFull: (words: string) => void): () => void {
  const timer = setInterval(() => {
    fullDisk(folder).then(
      (words) => {
        if (words === null) return
        clearInterval(timer)
        onFull(words)
      },
      () => clearInterval(timer), // the folder is gone: its users report that
    )
  }, LOOK_MS)
  timer.unref()
  return () => clearInterval(timer)
}
