/** `npm run build:kernel`: compiles the row kernel and embeds it, so that the app needs no build of it. */
import { writeFile } from 'node:fs/promises'
import { compileKernel, embedded } from './compile.ts'

const target = new URL('../shared/rows/kernel-wasm.ts', import.meta.url)
const wasm = await compileKernel()
await writeFile(target, embedded(wasm))
process.stdout.write(`shared/rows/kernel-wasm.ts: ${wasm.length} bytes of WebAssembly\n`)
