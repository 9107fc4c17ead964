/** The words in which a dataset lists its columns, one line each. */
import type { ColumnDefinition, ValueKind } from '../rows/row-layout.ts'

/** What is special about a column. */
export interface ColumnOptions {
  /** Another spelling of its name that sources send. */
  readonly alias?: string
  /** The catalogue's rowsVersion that added the column; 1 if absent. */
  readonly since?: number
  /**
   * The number, from 0, of a group of columns that identify a row: every row has a non-null value in at least
   * one column of each group. An answer with an object that does not is rejected.
   */
  readonly identity?: number
}

/** A decimal that is summed. */
export function decimal(name: string, options?: ColumnOptions): ColumnDefinition {
  return column(name, 'number', { decimal: true }, options)
}

/** The usage date, of which a dataset has one at most. */
export function date(name: string, options?: ColumnOptions): ColumnDefinition {
  return column(name, 'string', { usageDate: true }, options)
}

/** A text. */
export function string(name: string, options?: ColumnOptions): ColumnDefinition {
  return column(name, 'string', {}, options)
}

/** A decimal that is not summed, because its sum would mean nothing. */
export function rate(name: string, options?: ColumnOptions): ColumnDefinition {
  return column(name, 'number', { rate: true }, options)
}

/** A number that is an id. */
export function number(name: string, options?: ColumnOptions): ColumnDefinition {
  return column(name, 'number', {}, options)
}

export function boolean(name: string, options?: ColumnOptions): ColumnDefinition {
  return column(name, 'boolean', {}, options)
}

/** An array or an object. */
export function nested(name: string, options?: ColumnOptions): ColumnDefinition {
  return column(name, 'nested', {}, options)
}

/** A value whose documented type is not the one that is sent. */
export function any(name: string, options?: ColumnOptions): ColumnDefinition {
  return column(name, 'any', {}, options)
}

function column(
  name: string,
  kind: ValueKind,
  role: Pick<ColumnDefinition, 'decimal' | 'rate' | 'usageDate'>,
  { alias, since, identity }: ColumnOptions = {},
): ColumnDefinition {
  return {
    name,
    decimal: false,
    usageDate: false,
    ...role,
    aliases: alias === undefined ? [] : [alias],
    ...(identity === undefined ? {} : { identity }),
    kind,
    ...(since === undefined ? {} : { since }),
  }
}
