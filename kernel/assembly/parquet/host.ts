/** Functions of the host, which collects the pages. */

/** Adds compressed bytes to the current page. */
export declare function block(start: u32, length: u32): void

/** Ends the current page. `length`: its size before compression; `values`: entries of a dictionary, or rows. */
export declare function page(column: u32, kind: u32, length: u32, values: u32): void

/** Receives the fields of the records that were found, before they are encoded. */
export declare function records(rows: u32): void
