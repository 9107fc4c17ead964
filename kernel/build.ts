/** `npm run build:kernel`: compiles and embeds the kernels, so that the app's build does not need to. */
import { writeFile } from 'node:fs/promises'
import { compileKernel, embedded, kernels } from './compile.ts'

for (const kernel of kernels) {
  const wasm = await compileKernel(kernel)
  await writeFile(new URL(`../${kernel.file}`, import.meta.url), embedded(kernel, wasm))
  process.stdout.write(`${kernel.file}: ${wasm.length} bytes of WebAssembly\n`)
}
