import { describe, expect, it } from 'vitest'
import { compileKernel, embedded } from '../../kernel/compile.ts'
import { KERNEL_WASM } from '../../shared/rows/kernel-wasm.ts'

describe('the row kernel', () => {
  it('is what its source compiles to (otherwise: npm run build:kernel)', async () => {
    expect(embedded(await compileKernel())).toContain(KERNEL_WASM)
  }, 60_000)
})
