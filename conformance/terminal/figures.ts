/**
 * Runs `billing-archive` with valid, missing, wrong and hostile arguments on a terminal, a pipe and a closed
 * pipe, for each kind of archive.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { BlobServiceClient } from '@azure/storage-blob'
import { atLeast, exactly, type Figure } from '../../bench/measure.ts'
import { keepRest } from '../../shared/usecases/verify/keep-rest.ts'
import { keepResult } from '../../shared/usecases/verify/kept-result.ts'
import { verifyArchive } from '../../shared/usecases/verify/verify-archive.ts'
import { type Stack, startStack, type TestArchive } from '../../testing/stack/archive-stack.ts'
import { type ArchiveKind, type Case, PERIODS, rightCases, wrongCases } from './cases.ts'
import { faultOf } from './judge.ts'
import { hasTerminal, type Reader, runCommand } from './run-command.ts'

const MIN_CASES = 250
const AT_ONCE = 2

interface Typed extends Case {
  readonly archive: ArchiveKind
  readonly reader: Reader
}

export async function terminalFigures(say: (line: string) => void): Promise<Figure[]> {
  const folder = await mkdtemp(join(tmpdir(), 'billing-archive-terminal-'))
  const stack = await startStack()
  const opened: TestArchive[] = []
  try {
    const files = await settingsFiles(stack, folder, opened)
    const cases = casesFor(join(folder, 'exported'))
    let wrong = 0
    let done = 0
    const queue = cases.values()
    const worker = async (): Promise<void> => {
      for (const each of queue) {
        const { args, reader, archive } = each
        const where = args.some((arg) => arg === '--data-dir' || arg === '--account')
          ? []
          : ['--settings', files[archive]]
        const ran = await runCommand([...where, ...args], reader, { cwd: folder, env: {} })
        const fault = faultOf(args, reader, ran, each)
        if (fault !== null) {
          wrong++
          say(`  ${archive}, ${reader}: ${args.join(' ').slice(0, 120)}: ${fault}`)
        }
        if (++done % 50 === 0) say(`  ${done} of ${cases.length}`)
      }
    }
    await Promise.all(Array.from({ length: AT_ONCE }, worker))
    return [
      atLeast('terminal-cases', cases.length, MIN_CASES, 'cases'),
      exactly('terminal-wrong', wrong, 0, 'cases'),
    ]
  } finally {
    for (const archive of opened) await archive.close()
    await stack.close()
    await rm(folder, { recursive: true, force: true })
  }
}

function casesFor(exported: string): Typed[] {
  const cases: Typed[] = []
  const kinds: readonly ArchiveKind[] = ['empty', 'sound', 'damaged', 'gone']
  const readers: readonly Reader[] = hasTerminal()
    ? ['pipe', 'terminal', 'closed']
    : ['pipe', 'closed']
  for (const archive of kinds) {
    for (const reader of readers) {
      for (const { args, codes, ...rest } of rightCases(exported)) {
        // Commands that change something run once per archive.
        if (reader !== 'pipe' && /^(rebuild|repair|ledger|export)/.test(args[0] ?? '')) continue
        // With a closed pipe, the output may end before the failure.
        const known = reader === 'closed' ? [0, ...codes[archive]] : codes[archive]
        cases.push({ args, codes: known, ...rest, archive, reader })
      }
    }
  }
  for (const args of wrongCases) {
    const codes = args.includes('--url') ? [2, 3] : [2]
    cases.push({ args, codes, archive: 'sound', reader: 'pipe' })
    cases.push({ args: [...args, '--json'], codes, archive: 'sound', reader: 'pipe' })
    if (readers.includes('terminal'))
      cases.push({ args, codes, archive: 'sound', reader: 'terminal' })
  }
  return cases
}

/** A settings file for each kind of archive. */
async function settingsFiles(
  stack: Stack,
  folder: string,
  opened: TestArchive[],
): Promise<Record<ArchiveKind, string>> {
  const simulator = { day: '2017-04-12', months: 2, rowsPerDay: 10 }
  const fresh = async (): Promise<TestArchive> => {
    const archive = await stack.fresh({ simulator })
    opened.push(archive)
    return archive
  }
  const [empty, sound, damaged] = [await fresh(), await fresh(), await fresh()]
  for (const archive of [sound, damaged]) {
    await archive.run('2017-04-12')
    archive.simulator.setDay('2017-04-13')
    await archive.run('2017-04-13')
  }
  await damage(stack, damaged)
  const values: Record<ArchiveKind, Readonly<Record<string, string>>> = {
    empty: empty.settings,
    sound: sound.settings,
    damaged: damaged.settings,
    gone: {
      ...sound.settings,
      ARCHIVE_STORAGE__blobServiceUri: 'https://127.0.0.1:9/gone',
      ARCHIVE_STORAGE__queueServiceUri: 'https://127.0.0.1:9/gone',
    },
  }
  const files = {} as Record<ArchiveKind, string>
  for (const [kind, each] of Object.entries(values) as [ArchiveKind, Record<string, string>][]) {
    files[kind] = join(folder, `${kind}.json`)
    const settings = { ...each, BUSINESS_DAY: '2017-04-13' }
    await writeFile(files[kind], JSON.stringify({ Values: settings }))
  }
  return files
}

/** Damages a byte of the JSON and of the CSV of the settled month's usage, and verifies it. */
async function damage(stack: Stack, { blobUrl, deps }: TestArchive): Promise<void> {
  const service = new BlobServiceClient(blobUrl, stack.services.credential)
  const snapshots = service.getContainerClient('billing-snapshots')
  const month = `ea-reporting/usagedetails/enrollment=100/period=${PERIODS.settled}/parts/`
  for await (const { name } of snapshots.listBlobsFlat({ prefix: month })) {
    if (name.endsWith('.index.json')) continue
    const blob = snapshots.getBlockBlobClient(name)
    const { metadata = {} } = await blob.getProperties()
    const bytes = await blob.downloadToBuffer()
    bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] as number) ^ 1
    await blob.upload(bytes, bytes.length, { metadata })
  }
  const { archive } = deps
  const found = await verifyArchive(archive, {
    isDeep: false,
    anchor: null,
    onSeries: (check) => keepResult(archive, check, false),
  })
  await keepRest(archive, found)
}
