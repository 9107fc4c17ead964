import { describe, expect, it } from 'vitest'
import { compileKernel, embedded, kernels } from '../../kernel/compile.ts'
import { ENCODER_WASM } from '../../shared/outputs/parquet/encoder-wasm.ts'
import { CSV_KERNEL_WASM } from '../../shared/rows/csv/csv-kernel-wasm.ts'
import { KERNEL_WASM } from '../../shared/rows/json/kernel-wasm.ts'

const compiled: Readonly<Record<string, string>> = {
  KERNEL_WASM,
  CSV_KERNEL_WASM,
  ENCODER_WASM,
}

describe('the kernel', () => {
  it.each(kernels)(
    '$entry matches its source (otherwise: npm run build:kernel)',
    async (kernel) => {
      expect(embedded(kernel, await compileKernel(kernel))).toContain(compiled[kernel.constant])
    },
    60_000,
  )
})
