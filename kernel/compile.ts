import { fileURLToPath } from 'node:url'
import { createMemoryStream, main } from '../tools/assemblyscript.ts'

/** 64 KiB each; what `assembly/memory.ts` lays out fits into them. */
const MEMORY_PAGES = 16

/** Compiles `assembly/rows.ts`; the same bytes every time. Rejects with the compiler's messages. */
export async function compileKernel(): Promise<Uint8Array> {
  const written = new Map<string, Uint8Array>()
  const options =
    `assembly/rows.ts --outFile kernel.wasm -O3 --noAssert --runtime stub --enable simd
    --initialMemory ${MEMORY_PAGES} --maximumMemory ${MEMORY_PAGES}`.split(/\s+/)
  const baseDir = fileURLToPath(new URL('.', import.meta.url))
  const messages = createMemoryStream()
  const { error } = await main([...options, '--baseDir', baseDir], {
    stderr: messages,
    writeFile(name: string, contents: string | Uint8Array) {
      if (typeof contents !== 'string') written.set(name, contents)
    },
  })
  const wasm = written.get('kernel.wasm')
  if (error !== null || wasm === undefined) {
    throw new Error(`the kernel does not compile:\n${messages.toString()}`, { cause: error })
  }
  return wasm
}

/** The TypeScript file that holds the compiled kernel. */
export function embedded(wasm: Uint8Array): string {
  const lines = Buffer.from(wasm)
    .toString('base64')
    .match(/.{1,90}/g) as string[]
  return `// Made by \`npm run build:kernel\` from kernel/assembly; not to be edited.

/** The row kernel as WebAssembly, in base64. */
export const KERNEL_WASM = \`
${lines.join('\n')}
\`
`
}
