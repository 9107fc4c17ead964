/**
 * The parts of WebAssembly's JavaScript API that are used; its types come with the DOM's, which are not
 * loaded.
 */
declare namespace WebAssembly {
  class Module {
    constructor(bytes: Uint8Array)
  }
  class Instance {
    constructor(
      module: Module,
      imports?: Record<string, Record<string, (...values: number[]) => void>>,
    )
    readonly exports: Record<string, unknown>
  }
  interface Memory {
    readonly buffer: ArrayBuffer
  }
  interface Global {
    value: number
  }
}
