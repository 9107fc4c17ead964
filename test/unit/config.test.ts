import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { codeSettings, hostSettings, readConfig } from '../../shared/config.ts'
import { WRITER } from '../../shared/version.ts'

const enough = {
  ENROLLMENTS: '100, 200',
  KEY_VAULT_URI: 'https://vault.example',
  ARCHIVE_STORAGE__blobServiceUri: 'https://a.blob.core.windows.net',
  ARCHIVE_STORAGE__queueServiceUri: 'https://a.queue.core.windows.net',
}

describe('settings', () => {
  it('have defaults unless they are required', () => {
    const config = readConfig(enough)
    expect(config.ENROLLMENTS).toEqual(['100', '200'])
    expect(config.EA_REPORTING_ENDPOINT.href).toBe('https://consumption.azure.com/')
    expect(config.SETTLEMENT_DAYS).toBe(10)
    expect(config.EA_KEY_SECRET_NAMES).toHaveLength(2)
  })

  it('are unset if they are empty', () => {
    expect(readConfig({ ...enough, SETTLEMENT_DAYS: ' ' }).SETTLEMENT_DAYS).toBe(10)
  })

  it('report all faults together, by name', () => {
    const wrong = {
      ENROLLMENTS: '1/2',
      SETTLEMENT_DAYS: 'ten',
      EA_REPORTING_ENDPOINT: 'http://mirror.example',
    }
    let message = ''
    try {
      readConfig(wrong)
    } catch (error) {
      message = (error as Error).message
    }
    expect(message).toMatch(/ENROLLMENTS is wrong/)
    expect(message).toMatch(/SETTLEMENT_DAYS is wrong/)
    expect(message).toMatch(/EA_REPORTING_ENDPOINT is wrong: expected a URL with https/)
    expect(message).toMatch(/KEY_VAULT_URI is not set/)
    expect(message).toMatch(/ARCHIVE_STORAGE__blobServiceUri is not set/)
  })

  it('allow plain http on loopback only', () => {
    expect(
      readConfig({ ...enough, EA_REPORTING_ENDPOINT: 'http://127.0.0.1:8080' })
        .EA_REPORTING_ENDPOINT.port,
    ).toBe('8080')
  })

  it('are all in the example and in the docs, and no others', () => {
    const example = JSON.parse(readFileSync('local.settings.example.json', 'utf8')) as {
      Values: Record<string, string>
    }
    const docs = readFileSync('docs/settings.md', 'utf8')
    const platform = ['AzureWebJobsStorage', 'FUNCTIONS_WORKER_RUNTIME']
    const names = [...codeSettings, ...hostSettings]
    expect(
      Object.keys(example.Values)
        .filter((name) => !platform.includes(name))
        .sort(),
    ).toEqual([...names].sort())
    const documented = [...docs.matchAll(/^\| `(\w+)` \|/gm)].map(([, name]) => name ?? '')
    expect(documented.filter((name) => !name.startsWith('LOCAL_')).sort()).toEqual(
      [...names, 'EA_REPORTING_KEY'].sort(),
    )
  })
})

describe('the version', () => {
  it('in manifests is that of the package', () => {
    const { name, version } = JSON.parse(readFileSync('package.json', 'utf8')) as typeof WRITER
    expect({ name, version }).toEqual(WRITER)
  })
})
