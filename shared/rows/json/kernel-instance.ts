import { KERNEL_WASM } from './kernel-wasm.ts'

/** The exports of `kernel/assembly/rows.ts`, documented there. */
export interface KernelExports {
  readonly memory: WebAssembly.Memory
  readonly takeRows: (pos: number) => number
  readonly setLayout: (
    columns: number,
    csv: number,
    decimals: number,
    date: number,
    identity: number,
  ) => void
  readonly setMembers: (count: number) => void
  readonly sumsAreEmpty: () => void
  readonly rowCount: WebAssembly.Global
  readonly csvBytes: WebAssembly.Global
  readonly sawOthers: WebAssembly.Global
  readonly status: WebAssembly.Global
  readonly failedAt: WebAssembly.Global
  readonly [address: string]: unknown
}

let compiled: WebAssembly.Module | null = null

/** A kernel with a memory of its own. */
export function kernelInstance(): KernelExports {
  compiled ??= new WebAssembly.Module(Buffer.from(KERNEL_WASM, 'base64'))
  return new WebAssembly.Instance(compiled).exports as unknown as KernelExports
}
