/** Whether the same rows give the same bytes. */
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { exactly, type Figure, shown } from '../../bench/measure.ts'
import { installed } from '../programs/npm-package.ts'
import { digestOfRows } from './encode.ts'
import { killedRefreshes } from './killed-refreshes.ts'

const NODE_22 = '22.23.3'
const PROGRAM = join(import.meta.dirname, 'encode.ts')

export async function byteFigures(
  rowsPerDay: number,
  say: (line: string) => void,
): Promise<Figure[]> {
  const expected = digestOfRows(rowsPerDay)
  const files = new Map<string, string>([['again in the same process', digestOfRows(rowsPerDay)]])
  const encodedBy = async (node: string): Promise<string> =>
    (await promisify(execFile)(node, [PROGRAM, String(rowsPerDay)])).stdout
  files.set(`in another process of Node ${process.version}`, await encodedBy(process.execPath))
  // The binary of the package `node`, which has a package for each platform.
  const name = `node-${process.platform}-${process.arch}`
  const older = await installed(name, NODE_22, say)
  if (older !== null) {
    files.set(`in Node ${NODE_22}`, await encodedBy(join(older.folder, 'bin', 'node')))
    await older.remove()
  }
  const differing = [...files].filter(([, digest]) => digest !== expected)
  for (const [where] of files) say(`encoded ${where}`)
  for (const [where] of differing) say(`DIFFERENT ${where}`)
  const killed = await killedRefreshes()
  say(`${killed.kills} hosts killed`)
  for (const line of killed.differing) say(`DIFFERENT ${line}`)
  return [
    exactly('bytes-differing', differing.length + killed.differing.length, 0, 'files'),
    shown('bytes-encodings', files.size, [...files.keys()].join('; ')),
    shown('bytes-kills', killed.kills, 'killed hosts'),
  ]
}
