/** `npm run package`: the zip that is deployed. */
import { makePackage } from './make.ts'

const { file, bytes } = await makePackage('build/billing-archive.zip')
process.stdout.write(`${file}: ${(bytes / 2 ** 20).toFixed(1)} MiB\n`)
