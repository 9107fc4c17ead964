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
  readonly isEncoding: WebAssembly.Global
  readonly FIELDS: WebAssembly.Global
  readonly FRAME_ROWS: WebAssembly.Global
  readonly MAX_COLUMNS: WebAssembly.Global
}

/** Receives what the kernel finds and writes. */
export interface PageSink {
  /** Adds compressed bytes to the current page. They are valid only during the call. */
  block(bytes: Uint8Array): void
  /** Ends the current page. `rawBytes`: its size before compression. */
  page(column: number, kind: number, rawBytes: number, values: number): void
  /** Called with the number of records that were found; their fields are valid only during the call. */
  records(rows: number): void
}

/**
 * An instance of the kernel. It has some 30 MiB of memory, of which it touches as much as the values need, so a host has one
 * and its encoders take turns.
 */
export interface EncoderKernel {
  /** Assigns the kernel to the encoder with this sink. The previous encoder can no longer use it. */
  take(sink: PageSink): EncoderExports
  /** True while the kernel is assigned to the encoder with this sink. */
  isHeldBy(sink: PageSink): boolean
}

/** An instance that has grown beyond this, for a record of many MiB, is replaced at the next turn. */
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
      records(rows = 0) {
        holder?.records(rows)
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
