/** What the row kernel expects of the next row: the keys of its members, in order, as learned from each body. */
import { type LayoutColumn, OTHER_FIELDS } from '../row-layout.ts'
import type { RowSpans } from '../scan/scan-row.ts'
import type { KernelExports } from './kernel-instance.ts'

/** What the kernel has learned from one body: the keys of the next row, in order. */
export interface Learned {
  /** The kernel's template when another body took over; null: the layout's own. */
  template: Buffer | null
  members: number
  /** The names of members that go into `otherFields`. */
  readonly otherNames: Map<number, string>
}

export interface KernelTemplate {
  /** What a body begins with: the layout's own keys. */
  fresh(): Learned
  /** Saves what was learned from one body and restores that of another. */
  turnTo(next: Learned): void
  /** Learns the order of the keys from a row. */
  learn(bytes: Uint8Array, spans: RowSpans): void
  /** Adds the names of members that went into `otherFields` since the last call. */
  noteOthers(names: Set<string>): void
}

export function kernelTemplate(
  wasm: KernelExports,
  columns: readonly LayoutColumn[],
): KernelTemplate {
  const memory = Buffer.from(wasm.memory.buffer)
  const constant = (name: string): number => (wasm[name] as WebAssembly.Global).value
  const TEMPLATE = constant('TEMPLATE')
  const ENTRY_BYTES = constant('ENTRY_BYTES')
  const MAX_COLUMNS = constant('MAX_COLUMNS')
  const MAX_TOKEN = constant('MAX_TOKEN')
  /** The body whose template is in the kernel's memory. Initially the template with which every body begins. */
  let learned: Learned = { template: null, members: 0, otherNames: new Map() }
  columns.forEach(({ name, token, late }, column) => {
    setMember(column, token, column, late ? name : null)
  })
  const first: Learned = { ...learned, template: templateNow() }

  /**
   * Sets `token` as the expected member number `member`; null: a member that the kernel can't handle.
   * `other`: its name, if it goes into `otherFields`.
   */
  function setMember(
    member: number,
    token: Uint8Array | null,
    column: number,
    other: string | null,
  ): void {
    if (member >= MAX_COLUMNS) return
    const entry = TEMPLATE + member * ENTRY_BYTES
    const mask = entry + constant('ENTRY_MASK')
    memory.fill(0, entry, entry + ENTRY_BYTES)
    if (token === null) {
      memory[mask] = 0xff // a zero byte, which never occurs there
    } else {
      memory.set(token, entry)
      memory.fill(0xff, mask, mask + token.length)
      memory.writeUInt32LE(token.length, entry + constant('ENTRY_LENGTH'))
      const place = column === OTHER_FIELDS ? MAX_COLUMNS : column
      memory.writeUInt32LE(place, entry + constant('ENTRY_COLUMN'))
      memory.writeUInt32LE(other === null ? 0 : 1, entry + constant('ENTRY_OTHER'))
    }
    if (other === null) learned.otherNames.delete(member)
    else learned.otherNames.set(member, other)
    if (member >= learned.members) wasm.setMembers((learned.members = member + 1))
  }

  function templateNow(): Buffer {
    return Buffer.from(memory.subarray(TEMPLATE, TEMPLATE + learned.members * ENTRY_BYTES))
  }

  return {
    fresh: () => ({
      template: null,
      members: first.members,
      otherNames: new Map(first.otherNames),
    }),
    turnTo(next) {
      if (next === learned) return
      learned.template = templateNow()
      learned = next
      memory.set(next.template ?? (first.template as Buffer), TEMPLATE)
      wasm.setMembers(next.members)
    },
    learn(bytes, { changes }) {
      for (const { member, column, keyStart, keyEnd } of changes) {
        const key = Buffer.from(bytes.subarray(keyStart, keyEnd))
        const isOther = column === OTHER_FIELDS || columns[column]?.late === true
        const token = key.length < MAX_TOKEN ? Buffer.concat([key, Buffer.from(':')]) : null
        setMember(member, token, column, isOther ? (JSON.parse(key.toString()) as string) : null)
      }
    },
    noteOthers(names) {
      for (const [member, name] of learned.otherNames) {
        const seen = TEMPLATE + member * ENTRY_BYTES + constant('ENTRY_SEEN')
        if (memory[seen] !== 0) names.add(name)
        memory[seen] = 0
      }
    },
  }
}
