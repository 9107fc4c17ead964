/** The archive's use cases on storage in memory, with a scheduler in control of every call. */
import { constants, deflateRawSync, gunzipSync } from 'node:zlib'
import { readConfig } from '../../shared/config.ts'
import { type Catalogue, catalogue } from '../../shared/datasets/catalogue.ts'
import type { Log } from '../../shared/log.ts'
import { type EncoderKernel, encoderKernel } from '../../shared/outputs/parquet/encoder-kernel.ts'
import type { EncoderSlot } from '../../shared/outputs/parquet/encoder-slot.ts'
import { policyOf } from '../../shared/policies.ts'
import { byteBuffer } from '../../shared/rows/bytes/byte-buffer.ts'
import type { TextPool } from '../../shared/rows/bytes/text-pool.ts'
import type { Archive } from '../../shared/usecases/archive.ts'
import type { Policy } from '../../shared/usecases/policy.ts'
import type { MemoryStorage } from './memory-storage.ts'
import type { SimulatedSource } from './source.ts'

export const memoryConfig = readConfig({
  ENROLLMENTS: '100',
  KEY_VAULT_URI: 'https://vault.invalid',
  ARCHIVE_STORAGE__blobServiceUri: 'https://blob.invalid',
  ARCHIVE_STORAGE__queueServiceUri: 'https://queue.invalid',
  RECHECK_DAYS: '0',
})

export const memoryPolicy: Policy = policyOf(memoryConfig)

const silent: Log = {
  debug() {},
  info() {},
  warn() {},
  error() {},
  with: () => silent,
}

/** Makes a call when it is its turn. */
export type Call = <T>(label: string, isWrite: boolean, make: () => Promise<T>) => Promise<T>

/** Without a scheduler: every call happens at once. */
export const atOnce: Call = (_label, _isWrite, make) => make()

export interface MemoryArchiveOptions {
  readonly storage: MemoryStorage
  readonly source: Pick<SimulatedSource, 'asked'>
  readonly call: Call
  readonly policy: Policy
  readonly enrollments: readonly string[]
  readonly newId: () => string
  readonly businessDay: () => string
  readonly elapsedMs: () => number
  readonly version: string
  /** The datasets that its program knows; by default, this program's. */
  readonly catalogue?: Catalogue
}

export function archiveInMemory(options: MemoryArchiveOptions): Archive {
  const { storage, source, call, version, ...rest } = options
  const read = <T>(label: string, make: () => Promise<T>): Promise<T> => call(label, false, make)
  const write = <T>(label: string, make: () => Promise<T>): Promise<T> => call(label, true, make)
  async function* listed<T>(label: string, items: AsyncIterable<T>): AsyncGenerator<T> {
    await read(label, async () => null)
    yield* items
  }
  const readerOf = (name: string, store: MemoryStorage['state'] | MemoryStorage['snapshots']) => ({
    read: (blob: string) => read(`read ${name} ${blob}`, () => store.read(blob)),
    readRange: (blob: string, offset: number, length: number) =>
      read(`read ${blob}`, () => store.readRange(blob, offset, length)),
    stream: (blob: string) => listed(`stream ${blob}`, store.stream(blob)),
    list: (prefix: string) => listed(`list ${name} ${prefix}`, store.list(prefix)),
    folders: (prefix: string) => listed(`folders ${name} ${prefix}`, store.folders(prefix)),
  })
  const { snapshots, state, view, queue } = storage
  return {
    catalogue,
    ...rest,
    sources: [source.asked(read)],
    snapshots: {
      ...readerOf('snapshots', snapshots),
      asStored: readerOf('snapshots', snapshots),
      create: (name, bytes, options) =>
        write(`create ${name}`, () => snapshots.create(name, bytes, options)),
      upload(name, options) {
        const file = snapshots.upload(name, options)
        return { ...file, commit: (digest) => write(`commit ${name}`, () => file.commit(digest)) }
      },
    },
    state: {
      ...readerOf('state', state),
      write: (name, bytes, etag, metadata) =>
        write(`write ${name}`, () => state.write(name, bytes, etag, metadata)),
    },
    view: {
      stream: (name) => listed(`stream ${name}`, view.stream(name)),
      list: (prefix) => listed(`list ${prefix}`, view.list(prefix)),
      head: (name) => read(`head ${name}`, () => view.head(name)),
      blocks: (name) => read(`blocks ${name}`, () => view.blocks(name)),
      readRange: (name, ...range) => read(`read ${name}`, () => view.readRange(name, ...range)),
      stage: (name, id, bytes) => write(`stage ${name}`, () => view.stage(name, id, bytes)),
      commit: (name, ids, etag, options) =>
        write(`commit ${name}`, () => view.commit(name, ids, etag, options)),
    },
    queue: {
      send: (body, ttl, delay) => write('send', () => queue.send(body, ttl, delay)),
    },
    texts: smallTexts,
    sliceSlots: { take: async () => () => {} }, // an actor that was killed never frees its own
    encoder: pooledEncoder,
    deflate: async (text) =>
      deflateRawSync(text, { level: 1, finishFlush: constants.Z_FULL_FLUSH, memLevel: 4 }),
    inflate: inflateAtOnce,
    log: silent,
    writer: { name: 'billing-archive', version },
  }
}

/** Without the thread pool, whose order is not deterministic. */
async function* inflateAtOnce(file: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of file) chunks.push(chunk)
  yield gunzipSync(Buffer.concat(chunks))
}

/** Small texts that are not reused, because a killed actor never returns its texts. */
const smallTexts: TextPool = {
  take: () => byteBuffer(256),
  give() {},
  discard() {},
  isScarce: () => false,
}

const kernels: EncoderKernel[] = []

/** A kernel for each actor that encodes, because one that was killed never ends its turn. */
const pooledEncoder: EncoderSlot = {
  async use(work) {
    const kernel = kernels.pop() ?? encoderKernel()
    const result = await work(kernel)
    kernels.push(kernel)
    return result
  },
}
