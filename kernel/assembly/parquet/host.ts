/** What the host does for the encoder: it collects the pages. */

/** Takes compressed bytes of the page that is being written. */
export declare function block(start: u32, length: u32): void

/** Ends the page. `length`: its bytes before compression; `values`: rows, including those without a value. */
export declare function page(column: u32, kind: u32, length: u32, values: u32): void
