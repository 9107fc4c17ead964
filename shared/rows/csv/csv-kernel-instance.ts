import { CSV_KERNEL_WASM } from './csv-kernel-wasm.ts'

/** The exports of `kernel/assembly/csv-rows.ts`, which documents them. */
export interface CsvKernelExports {
  readonly memory: WebAssembly.Memory
  readonly takeRecords: (pos: number, end: number) => number
  readonly setTables: (
    fields: number,
    columns: number,
    others: number,
    late: number,
    decimals: number,
    date: number,
    identity: number,
    tokens: number,
  ) => void
  readonly sumsAreEmpty: () => void
  readonly rowCount: WebAssembly.Global
  readonly lineBytes: WebAssembly.Global
  readonly csvBytes: WebAssembly.Global
  readonly status: WebAssembly.Global
  readonly failedAt: WebAssembly.Global
  readonly [address: string]: unknown
}

let instance: CsvKernelExports | null = null

/** The process's only CSV kernel. Bodies take turns and load their own tables. */
export function csvKernelInstance(): CsvKernelExports {
  if (instance !== null) return instance
  const module = new WebAssembly.Module(Buffer.from(CSV_KERNEL_WASM, 'base64'))
  instance = new WebAssembly.Instance(module).exports as unknown as CsvKernelExports
  return instance
}

/** A constant that the kernel exports. */
export function csvKernelConstant(name: string): number {
  return (csvKernelInstance()[name] as WebAssembly.Global).value
}
