import { createHash } from 'node:crypto'
import { parse } from 'csv-parse/sync'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { NumberText, parseExactly, stringify } from '../../testing/oracles/json-oracle.ts'
import { type Stack, startStack, type TestArchive } from '../../testing/stack/archive-stack.ts'
import {
  openArchive,
  type StoredArchive,
  type StoredManifest,
} from '../../testing/stack/read-archive.ts'
import { sourceRows } from '../../testing/stack/source-rows.ts'

let stack: Stack
let test: TestArchive
let stored: StoredArchive
/** Lines logged by the first run. */
let firstLines: readonly string[]

// One archive for the whole file: later tests continue from the first run.
beforeAll(async () => {
  stack = await startStack()
  // The eighth day of a month has an unannounced field.
  const simulator = { day: '2017-05-09', rowsPerDay: 60 }
  test = await stack.fresh({ simulator, settings: { SETTLEMENT_DAYS: '2' } })
  stored = openArchive(test.blobUrl, stack.services.credential)
  await test.run()
  firstLines = [...test.lines]
})
afterAll(async () => {
  await test.close()
  await stack.close()
})

function sha256(bytes: Uint8Array | string): string {
  return createHash('sha256').update(bytes).digest('hex')
}

describe('a first run', () => {
  it('archives every dataset of every period, byte for byte as in the source', async () => {
    const newest = await stored.newest()
    // The oldest listed period has no Marketplace route: planned as nothing.
    expect([...newest.keys()].sort()).toEqual([
      'balancesummary/201704',
      'balancesummary/201705',
      'billingperiods/all',
      'marketplacecharges/201705',
      'pricesheet/201704',
      'pricesheet/201705',
      'usagedetails/201704',
      'usagedetails/201705',
    ])
    for (const manifest of newest.values()) {
      const rows = await stored.rows(manifest)
      expect(rows).toEqual(sourceRows(test.simulator, manifest))
      expect(manifest.rowCount).toBe(rows.length)
    }
    const usage = newest.get('usagedetails/201705')
    expect(usage?.parts.map((part) => part.key)).toHaveLength(9)
    expect(usage?.unknownFields).toEqual(['benefitName'])
    expect(newest.get('usagedetails/201704')?.parts.map((part) => part.key)).toEqual(['all'])
  })

  it('writes CSV files that equal the JSON for an independent reader, field by field', async () => {
    let fields = 0
    for (const manifest of (await stored.newest()).values()) {
      const rows = sourceRows(test.simulator, manifest).map(
        (row) => parseExactly(row) as Record<string, unknown>,
      )
      const records: Record<string, { value: string; quoted: boolean }>[] = []
      for (const text of await stored.csv(manifest)) {
        expect(text.startsWith('\ufeff')).toBe(false)
        expect(text.split('\r\n')[0]).toBe(manifest.columns.join(','))
        const cast = (value: string, { quoting }: { quoting: boolean }) => ({
          value,
          quoted: quoting,
        })
        const read: unknown = parse(text, {
          columns: manifest.columns,
          from: 2,
          record_delimiter: '\r\n',
          cast,
        })
        records.push(...(read as typeof records))
      }
      expect(records.length).toBe(rows.length)
      rows.forEach((row, i) => {
        const record = records[i] ?? {}
        const others = Object.entries(row).filter(([name]) => !manifest.columns.includes(name))
        for (const column of manifest.columns) {
          const field = record[column]
          const value =
            column === 'otherFields' && others.length > 0 ? Object.fromEntries(others) : row[column]
          expect(field, `${manifest.dataset} row ${i} ${column}`).toEqual(fieldOf(value))
          fields++
        }
      })
    }
    expect(fields).toBeGreaterThan(50_000)
  })

  it('writes manifests whose digests and totals can be recomputed from the files', async () => {
    for (const manifest of (await stored.newest()).values()) {
      const parts = manifest.parts.map(({ key, contentSha256 }) => [key, contentSha256])
      expect(manifest.contentSha256).toBe(sha256(JSON.stringify(parts)))
      const rows = await stored.rows(manifest)
      if (manifest.parts.length === 1) {
        const blocks: Buffer[] = []
        for (let i = 0; i < rows.length; i += 1_000) {
          const lines = rows.slice(i, i + 1_000).map((row) => `${row}\n`)
          blocks.push(createHash('sha256').update(lines.join('')).digest())
        }
        expect(manifest.parts[0]?.contentSha256).toBe(sha256(Buffer.concat(blocks)))
      }
      const cost = { usagedetails: 'cost', marketplacecharges: 'extendedCost' }[manifest.dataset]
      if (cost === undefined) continue
      const texts = rows.map(
        (row) => (parseExactly(row) as Record<string, NumberText>)[cost]?.text ?? '0',
      )
      expect(manifest.totals[cost]).toBe(addDecimals(texts))
    }
  })

  it('writes the newest snapshot of a period to one CSV file of the view', async () => {
    for (const [series, manifest] of await stored.newest()) {
      const [dataset, period] = series.split('/')
      const name = `csv/${dataset}/enrollment=100/period=${period}/data.csv`
      const view = (await stored.bytes('billing-current', name)).toString()
      const [header, ...bodies] = [
        `${manifest.columns.join(',')}\r\n`,
        ...(await stored.csv(manifest)).map((text) => text.slice(text.indexOf('\r\n') + 2)),
      ]
      expect(view).toBe(header + bodies.join(''))
    }
  })
})

describe('parts that finish at the same time', () => {
  it('have their plan sealed and their view written by only one of them', () => {
    // Days 1 to 9 finish almost together, the last few within the same second of storage's clock.
    const seen = firstLines.map((line) => JSON.parse(line) as { event: string; series?: string })
    const count = (event: string, series: string): number =>
      seen.filter((line) => line.event === event && line.series === series).length
    for (const period of ['201704', '201705']) {
      const series = `usagedetails 100 ${period}`
      expect(count('plan.closed', series)).toBe(1)
      expect(count('view.refreshed', series)).toBe(1)
      expect(count('snapshot.sealed', series)).toBe(1)
    }
  })
})

describe('a second run', () => {
  it('sends one request per part, writes nothing and seals nothing', async () => {
    const before = await stored.names('billing-snapshots')
    const parts = [...(await stored.newest()).values()].reduce((sum, m) => sum + m.parts.length, 0)
    const requests = test.simulator.requests.length
    await test.run()
    expect(test.simulator.requests.length - requests).toBe(parts)
    expect(await stored.names('billing-snapshots')).toEqual(before)
  })

  it('a day later writes only what is new or restated, chained to earlier snapshots', async () => {
    const before = await stored.newest()
    const names = new Set(await stored.names('billing-snapshots'))
    test.simulator.setDay('2017-05-10')
    const logged = test.lines.length
    await test.run()

    const after = await stored.newest()
    const usage = after.get('usagedetails/201705')
    expect(usage?.number).toBe(2)
    const old = new Map(before.get('usagedetails/201705')?.parts.map((part) => [part.key, part]))
    const changed = usage?.parts.filter(
      (part) => part.contentSha256 !== old.get(part.key)?.contentSha256,
    )
    // Today is new, yesterday has grown, and the scheduled days are restated.
    expect(changed?.map((part) => part.key)).toEqual(
      expect.arrayContaining(['2017-05-09', '2017-05-10']),
    )
    expect(changed?.length).toBeLessThan(5)
    for (const part of usage?.parts ?? []) {
      const isNew = part.files.every((file) => !names.has(file.path))
      expect(isNew, part.key).toBe(changed?.includes(part))
    }
    expect(await stored.rows(usage as StoredManifest)).toEqual(
      sourceRows(test.simulator, usage as StoredManifest),
    )

    const first = await stored.bytes(
      'billing-snapshots',
      'ea-reporting/usagedetails/enrollment=100/period=201705/snapshots/000001.json',
    )
    expect(usage?.previous).toEqual({ number: 1, sha256: sha256(first) })
    expect(
      usage?.takenAt && usage.takenAt > (before.get('usagedetails/201705')?.takenAt ?? ''),
    ).toBe(true)
    expect(after.get('usagedetails/201704')?.number).toBe(1)

    const refreshed = test.lines
      .slice(logged)
      .map(
        (line) =>
          JSON.parse(line) as { event: string; series?: string; staged?: number; blocks?: number },
      )
      .find((line) => line.event === 'view.refreshed' && line.series === 'usagedetails 100 201705')
    // Each changed day has a block in the rows and in the summary; the table of snapshots has one.
    const days = usage?.parts.length ?? 0
    const staged = (changed?.length ?? 0) * 2 + 1
    expect(refreshed).toMatchObject({ files: 3, staged, blocks: (1 + days) * 2 + 1 })
  })
})

/** The expected CSV field of a value: null and missing without quotes, '' with quotes. */
function fieldOf(value: unknown): { value: string; quoted: boolean } {
  if (value === null || value === undefined) return { value: '', quoted: false }
  if (value === '') return { value: '', quoted: true }
  const text = typeof value === 'string' ? value : stringify(value)
  return { value: text, quoted: /[",\r\n]/.test(text) || expect.any(Boolean) }
}

/** An exact sum by a different method: everything scaled to one power of ten. */
function addDecimals(texts: readonly string[]): string {
  const scale = 40
  const total = texts.reduce((sum, text) => {
    const [mantissa = '0', exponent = '0'] = text.toLowerCase().split('e')
    const [whole = '0', fraction = ''] = mantissa.split('.')
    return (
      sum + BigInt(whole + fraction) * 10n ** BigInt(scale - fraction.length + Number(exponent))
    )
  }, 0n)
  const digits = (total < 0n ? -total : total).toString().padStart(scale + 1, '0')
  const fraction = digits.slice(-scale).replace(/0+$/, '')
  return `${total < 0n ? '-' : ''}${digits.slice(0, -scale)}${fraction === '' ? '' : `.${fraction}`}`
}
