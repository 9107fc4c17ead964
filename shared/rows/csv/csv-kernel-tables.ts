/** The tables that describe a body's header to the CSV kernel; `kernel/assembly/csv-memory.ts` documents their format. */
import { OTHER_FIELDS, type RowLayout } from '../row-layout.ts'
import type { CsvColumns, CsvMember } from './csv-columns.ts'
import { csvKernelConstant as constant } from './csv-kernel-instance.ts'

export interface CsvKernelTables {
  /** The contents of the kernel's memory from TABLES to TABLES_END. */
  readonly bytes: Buffer
  /** The arguments of `setTables`. */
  readonly counts: readonly [number, number, number, number, number, number, number, number]
}

/** Builds the tables for a header; null if it has more or longer names than the kernel can hold. */
export function csvKernelTables(
  columns: CsvColumns,
  header: Buffer,
  layout: RowLayout,
): CsvKernelTables | null {
  const [TABLES, SLOTS, MAX_FIELDS] = [
    constant('TABLES'),
    constant('SLOTS'),
    constant('MAX_FIELDS'),
  ]
  const ENTRY_BYTES = constant('ENTRY_BYTES')
  const { members, count } = columns
  const memberOf = new Map(members.map((member) => [member.column, member]))
  const slotOf = ({ field }: CsvMember): number => SLOTS + field * 4
  const early = layout.csvOrder.slice(0, layout.csvOrder.indexOf(OTHER_FIELDS))
  const late = layout.csvOrder.slice(early.length + 1)
  // Null: the header does not have the column.
  const entries = early.map((column) => memberOf.get(column) ?? null)
  const others = [
    ...late.map((column) => memberOf.get(column) ?? null),
    ...members.filter(({ column }) => column === OTHER_FIELDS),
  ]
  const groups = layout.identity.length > 0 ? layout.identity : [[...layout.columns.keys()]]
  const identity = groups.flatMap((group) => [
    ...group.flatMap((column) => {
      const member = memberOf.get(column)
      return member === undefined ? [] : [slotOf(member)]
    }),
    0,
  ])
  if (
    Math.max(count, entries.length, others.length) > MAX_FIELDS ||
    members.some((member) => doubledToken(member).length > constant('MAX_TOKEN')) ||
    layout.decimalColumns.length > constant('MAX_DECIMALS') ||
    identity.length > constant('MAX_IDENTITY')
  ) {
    return null
  }

  const bytes = Buffer.alloc(constant('TABLES_END') - TABLES)
  const putWord = (name: string, value: number, at: number): void => {
    bytes.writeUInt32LE(value, at + constant(name))
  }
  const putEntry = (member: CsvMember, at: number): void => {
    bytes.writeUInt32LE(slotOf(member), at)
    putWord('ENTRY_KIND', kindOf(member, layout), at)
    const token = rowToken(member, member === members[0])
    putWord('ENTRY_LENGTH', token.length, at)
    bytes.set(token, at + constant('ENTRY_TOKEN'))
    if (!member.isOther) return
    const doubled = doubledToken(member)
    putWord('ENTRY_DOUBLED_LENGTH', doubled.length, at)
    bytes.set(doubled, at + constant('ENTRY_DOUBLED'))
  }
  const putEntries = (name: string, all: readonly (CsvMember | null)[]): void => {
    all.forEach((member, i) => {
      if (member !== null) putEntry(member, constant(name) - TABLES + i * ENTRY_BYTES)
    })
  }
  putEntries('COLUMNS', entries)
  putEntries('OTHERS', others)
  const first = header.subarray(0, 16)
  bytes.set(first, constant('HEADER') - TABLES)
  bytes.fill(
    0xff,
    constant('HEADER_MASK') - TABLES,
    constant('HEADER_MASK') - TABLES + first.length,
  )
  identity.forEach((slot, i) => {
    bytes.writeUInt32LE(slot, constant('IDENTITY') - TABLES + i * 4)
  })

  const date = memberOf.get(layout.dateColumn)
  const tokens = members.reduce((sum, member) => sum + doubledToken(member).length, 0)
  return {
    bytes,
    counts: [
      count,
      entries.length,
      others.length,
      late.length,
      layout.decimalColumns.length,
      layout.dateColumn < 0 || date === undefined ? 0 : slotOf(date),
      identity.length,
      // Each field may add `null` or its quotes, each row its end.
      tokens + (layout.csvOrder.length + members.length) * 8 + 64,
    ],
  }
}

function kindOf({ column, isNumber }: CsvMember, { decimalColumns }: RowLayout): number {
  const sum = decimalColumns.indexOf(column)
  if (sum >= 0 && column !== OTHER_FIELDS) return constant('DECIMAL') + sum
  return constant(isNumber ? 'NUMBER' : 'STRING')
}

/** The bytes before a member's value, with the opening quote of a string. */
function rowToken({ token }: CsvMember, isFirst: boolean): Buffer {
  return Buffer.concat([Buffer.from(isFirst ? '{' : ','), token, Buffer.from('"')])
}

/** The member's key in `otherFields`, which is a quoted CSV field. */
function doubledToken({ token }: CsvMember): Buffer {
  return Buffer.from(token.toString().replaceAll('"', '""'))
}
