/** `npm run package`: builds the zip for deployment, and the same files unpacked, for azd. */
import { rm } from 'node:fs/promises'
import { makePackage, unpack } from './make.ts'

const UNPACKED = 'build/app'

const { file, bytes } = await makePackage('build/billing-archive.zip')
await rm(UNPACKED, { recursive: true, force: true })
await unpack(file, UNPACKED)
process.stdout.write(`${file}: ${(bytes / 2 ** 20).toFixed(1)} MiB\n`)
