import { fileURLToPath } from 'node:url'
import { createMemoryStream, main } from '../tools/assemblyscript.ts'

/** A kernel: what it is compiled from, and where the app finds it. */
export interface Kernel {
  /** The entry file, in `assembly/`. */
  readonly entry: string
  /** 64 KiB each; what its memory file lays out fits into them. */
  readonly memoryPages: number
  /** The file that holds it, from the root, and the constant's name there. */
  readonly file: string
  readonly constant: string
  /** What it is called there. */
  readonly title: string
}

export const kernels: readonly Kernel[] = [
  {
    entry: 'rows.ts',
    memoryPages: 16,
    file: 'shared/rows/kernel-wasm.ts',
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
]

/** Compiles a kernel; the same bytes every time. Rejects with the compiler's messages. */
export async function compileKernel({ entry, memoryPages }: Kernel): Promise<Uint8Array> {
  const written = new Map<string, Uint8Array>()
  const options =
    `assembly/${entry} --outFile kernel.wasm -O3 --noAssert --runtime stub --enable simd
    --initialMemory ${memoryPages} --maximumMemory ${memoryPages}`.split(/\s+/)
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

/** The TypeScript file that holds the compiled kernel. */
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
