import { lengthOf, type PlacedBlock } from '../../outputs/parquet/block-list.ts'
import { sha256 } from '../../rows/blocks/digest.ts'
import type { ViewBlock, ViewStore } from '../../storage/ports.ts'
import type { ExpectedBlock } from './view-file.ts'

const POSITION_DIGITS = 12

export interface BlockStager {
  /** Where the next block begins. */
  end(): number
  staged(): readonly PlacedBlock[]
  /** Stages the next block. */
  add(bytes: Uint8Array): Promise<PlacedBlock>
}

/** Stages blocks one after the other, behind those that exist. */
export function blockStager(
  view: Pick<ViewStore, 'stage'>,
  name: string,
  old: readonly PlacedBlock[],
): BlockStager {
  const ids = new Set(old.map(({ id }) => id))
  const staged: PlacedBlock[] = []
  let end = lengthOf(old)

  return {
    end: () => end,
    staged: () => staged,
    /**
     * An id is the digest of the block with the block's position, so that equal blocks have different ids. A compacted
     * file has blocks at other positions than their ids say, so the next free one is taken.
     */
    async add(bytes) {
      const digest = sha256(bytes)
      let position = end
      const idOf = (): string => `${digest}${position.toString(16).padStart(POSITION_DIGITS, '0')}`
      while (ids.has(idOf())) position++
      const block = { id: idOf(), offset: end, bytes: bytes.length }
      await view.stage(name, block.id, bytes)
      ids.add(block.id)
      staged.push(block)
      end += bytes.length
      return block
    },
  }
}

/** What blocks should contain by their ids; in words if they have none. `digits`: of the position in an id. */
export function blocksAsNamed(
  blocks: readonly ViewBlock[],
  digits = POSITION_DIGITS,
): ExpectedBlock[] | string {
  if (blocks.length === 0) return 'it has no blocks, so another program wrote it'
  return blocks.map(({ id, bytes }) => ({ bytes, sha256: id.slice(0, id.length - digits) }))
}
