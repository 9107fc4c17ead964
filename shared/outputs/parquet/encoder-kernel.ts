import { ENCODER_WASM } from './encoder-wasm.ts'

/** The exports of `kernel/assembly/parquet/encode.ts`, which documents them. */
export interface EncoderExports {
  readonly memory: WebAssembly.Memory
  readonly beginTable: () => void
  readonly addColumn: (type: number, keyLength: number) => number
  readonly beginGroup: () => void
  readonly frame: (bytes: number) => number
  readonly takeRecords: (length: number) => number
  readonly endGroup: () => void
  readonly nullsOf: (column: number) => number
  readonly oddOf: (column: number) => number
  readonly hasStatistics: (column: number) => number
  readonly minimumAt: (column: number) => number
  readonly minimumLength: (column: number) => number
  readonly maximumAt: (column: number) => number
  readonly maximumLength: (column: number) => number
  readonly groupRows: WebAssembly.Global
  readonly isGroupFull: WebAssembly.Global
  readonly isMalformed: WebAssembly.Global
  readonly MAX_COLUMNS: WebAssembly.Global
}

/** Where the kernel's pages go. */
export interface PageSink {
  /** More compressed bytes of a page; valid during the call. */
  block(bytes: Uint8Array): void
  /** The page is complete. `rawBytes`: its length before compression. */
  page(column: number, kind: number, rawBytes: number, values: number): void
}

/**
 * The machine that encodes, with some 30 MiB of memory, of which it touches what the values need. A host has one, and its
 * encoders take turns.
 */
export interface EncoderKernel {
  /** Takes the machine for an encoder, which names itself by its sink. The encoder before loses it. */
  take(sink: PageSink): EncoderExports
  /** True while `sink` has the machine. */
  isHeldBy(sink: PageSink): boolean
}

/** A machine that has grown beyond this, for a record of many MiB, is not used again. */
const KEPT_BYTES = 40 * 1024 * 1024

let compiled: WebAssembly.Module | null = null

export function encoderKernel(): EncoderKernel {
  let holder: PageSink | null = null
  let wasm = instance()

  function instance(): EncoderExports {
    compiled ??= new WebAssembly.Module(Buffer.from(ENCODER_WASM, 'base64'))
    const host = {
      block(start = 0, length = 0) {
        holder?.block(new Uint8Array(wasm.memory.buffer, start, length))
      },
      page(column = 0, kind = 0, rawBytes = 0, values = 0) {
        holder?.page(column, kind, rawBytes, values)
      },
    }
    return new WebAssembly.Instance(compiled, { host }).exports as unknown as EncoderExports
  }

  return {
    take(sink) {
      if (wasm.memory.buffer.byteLength > KEPT_BYTES) wasm = instance()
      holder = sink
      return wasm
    },
    isHeldBy: (sink) => holder === sink,
  }
}
