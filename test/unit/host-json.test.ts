/** The settings in host.json. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { isLogged } from '../../conformance/telemetry.ts'
import { INVOCATION_SECONDS } from '../../shared/config.ts'

const host = JSON.parse(readFileSync(new URL('../../host.json', import.meta.url), 'utf8')) as {
  functionTimeout: string
  extensions: { queues: { batchSize: number; newBatchThreshold: number; maxDequeueCount: number } }
  logging: { logLevel: Record<string, string> }
}

describe('host.json', () => {
  it.each([
    ['Azure.Core', 'Information', false],
    ['Azure.Storage.Queues', 'Information', false],
    ['Azure.Core', 'Warning', true],
    ['Azure', 'Information', false],
    ['AzureOther', 'Information', true],
    ['Function.archive-parts.User', 'Information', true],
    ['Host.Results', 'Information', true],
    ['Function.archive-parts.User', 'Debug', false],
  ])('lets %s at %s through: %s', (category, level, passes) => {
    expect(isLogged(host.logging.logLevel, category, level)).toBe(passes)
  })

  it('processes sixteen messages at once, and takes more before the slowest has ended', () => {
    const { batchSize, newBatchThreshold, maxDequeueCount } = host.extensions.queues
    expect(batchSize + newBatchThreshold).toBe(16)
    expect(newBatchThreshold).toBeGreaterThanOrEqual(batchSize)
    expect(maxDequeueCount).toBe(5)
  })

  it('lets an invocation end itself before the platform does', () => {
    const [hours = 0, minutes = 0, seconds = 0] = host.functionTimeout.split(':').map(Number)
    expect(hours * 3_600 + minutes * 60 + seconds).toBeGreaterThan(INVOCATION_SECONDS)
  })
})
