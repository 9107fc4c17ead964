import { type EncoderKernel, encoderKernel } from './encoder-kernel.ts'

/** The encoder of a host. It needs some 30 MiB, so there is one, and work on it takes turns. */
export interface EncoderSlot {
  /** Runs `work` with the kernel once all earlier work has ended. `work` must not use the slot itself. */
  use<T>(work: (kernel: EncoderKernel) => Promise<T>): Promise<T>
}

/** Creates the slot; the kernel is made when it is first used. */
export function encoderSlot(): EncoderSlot {
  let kernel: EncoderKernel | null = null
  let last: Promise<unknown> = Promise.resolve()
  return {
    use(work) {
      const run = last.then(() => {
        kernel ??= encoderKernel()
        return work(kernel)
      })
      last = run.catch(() => {}) // its own caller gets the error
      return run
    },
  }
}
