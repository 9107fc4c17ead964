/** `npm run package`: the zip that is deployed, and the same unpacked, which azd takes. */
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { unzipSync } from 'fflate'
import { makePackage } from './make.ts'

const UNPACKED = 'build/app'

const { file, bytes } = await makePackage('build/billing-archive.zip')
await rm(UNPACKED, { recursive: true, force: true })
for (const [name, content] of Object.entries(unzipSync(await readFile(file)))) {
  await mkdir(dirname(join(UNPACKED, name)), { recursive: true })
  await writeFile(join(UNPACKED, name), content)
}
process.stdout.write(`${file}: ${(bytes / 2 ** 20).toFixed(1)} MiB\n`)
