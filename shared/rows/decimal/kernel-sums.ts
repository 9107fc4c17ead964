import { addScaled, addSmall, type DecimalSum, SMALL_LIMIT, SMALL_SCALES } from './decimal.ts'

/** The sums in a kernel's memory: one sum of mantissas, below 2^63, per decimal column and scale. */
export interface KernelSums {
  /** Adds them to `sums`, column by column, and resets them to zero. */
  moveTo(sums: readonly DecimalSum[]): void
  /** Resets them to zero. */
  clear(): void
}

/** The sums in `memory` from `start` on, of `columns` columns with `scales` scales each. */
export function kernelSums(
  memory: ArrayBuffer,
  start: number,
  columns: number,
  scales: number,
): KernelSums {
  const mantissas = new BigInt64Array(memory, start, columns * scales)
  const halves = new Uint32Array(memory, start, mantissas.length * 2)
  const highHalves = new Int32Array(memory, start, halves.length)
  const clear = (): void => {
    halves.fill(0)
  }
  return {
    moveTo(sums) {
      for (let i = 0; i < mantissas.length; i++) {
        // Most sums are zero; a BigInt is made only for large ones.
        const low = halves[i * 2] as number
        const high = highHalves[i * 2 + 1] as number
        if (low === 0 && high === 0) continue
        const sum = sums[Math.floor(i / scales)] as DecimalSum
        const scale = i % scales
        const mantissa = high * 2 ** 32 + low
        if (scale < SMALL_SCALES && Math.abs(mantissa) < SMALL_LIMIT) addSmall(sum, mantissa, scale)
        else addScaled(sum, mantissas[i] as bigint, scale)
      }
      clear()
    },
    clear,
  }
}
