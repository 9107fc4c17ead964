import { fileURLToPath } from 'node:url'
import { createMemoryStream, main } from '../tools/assemblyscript.ts'

/** A kernel: its source, and the file of the app that embeds it. */
export interface Kernel {
  /** The entry file, in `assembly/`. */
  readonly entry: string
  /** Memory in pages of 64 KiB; must hold what its memory layout needs. */
  readonly memoryPages: number
  /** How far the memory may grow; absent: not at all. */
  readonly maximumPages?: number
  /** The generated file, relative to the root, and the name of its constant. */
  readonly file: string
  readonly constant: string
  /** The kernel's name in that file's comment. */
  readonly title: string
}

export const kernels: readonly Kernel[] = [
  {
    entry: 'rows.ts',
    memoryPages: 16,
    file: 'shared/rows/json/kernel-wasm.ts',
    constant: 'KERNEL_WASM',
    title: 'The row kernel',
  },
  {
    entry: 'csv-rows.ts',
    memoryPages: 28,
    file: 'shared/rows/csv/csv-kernel-wasm.ts',
    constant: 'CSV_KERNEL_WASM',
    title: 'The CSV kernel',
  },
  {
    entry: 'parquet/encode.ts',
    memoryPages: 32,
    maximumPages: 8_192,
    file: 'shared/outputs/parquet/encoder-wasm.ts',
    constant: 'ENCODER_WASM',
    title: 'The Parquet encoder',
  },
]

/** Compiles a kernel; the same bytes every time. Rejects with the compiler's messages. */
export async function compileKernel(kernel: Kernel): Promise<Uint8Array> {
  const { entry, memoryPages, maximumPages = memoryPages } = kernel
  const written = new Map<string, Uint8Array>()
  const options =
    `assembly/${entry} --outFile kernel.wasm -O3 --noAssert --runtime stub --enable simd
    --initialMemory ${memoryPages} --maximumMemory ${maximumPages}`.split(/\s+/)
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
    throw new Error(`assembly/${entry} does not compile:\n${messages.toString()}`, { cause: error })
  }
  return wasm
}

/** The TypeScript file that embeds the compiled kernel. */
export function embedded({ title, constant }: Kernel, wasm: Uint8Array): string {
  const lines = Buffer.from(wasm)
    .toString('base64')
    .match(/.{1,90}/g) as string[]
  return `// Made by \`npm run build:kernel\` from kernel/assembly; not to be edited.

/** ${title} as WebAssembly, in base64. */
export const ${constant} = \`
${lines.join('\n')}
\`
`
}
