import { CSV_KERNEL_WASM } from './csv-kernel-wasm.ts'

/** What `kernel/assembly/csv-rows.ts` exports; its names say what they are there. */
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

/** The one CSV kernel of the process: bodies use it in turn, each with tables of its own. */
export function csvKernelInstance(): CsvKernelExports {
  if (instance !== null) return instance
  const module = new WebAssembly.Module(Buffer.from(CSV_KERNEL_WASM, 'base64'))
  instance = new WebAssembly.Instance(module).exports as unknown as CsvKernelExports
  return instance
}

/** The value of a constant that the kernel exports. */
export function csvKernelConstant(name: string): number {
  return (csvKernelInstance()[name] as WebAssembly.Global).value
}
