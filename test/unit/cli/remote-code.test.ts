/** Errors of an archive that is asked over HTTP keep their meaning. */
import { expect, it } from 'vitest'
import { remoteCode } from '../../../cli/remote-code.ts'

it.each([
  [503, 'UNAVAILABLE', 'STORAGE_UNAVAILABLE'],
  [503, 'SOURCE_UNAVAILABLE', 'SOURCE_UNAVAILABLE'],
  [503, 'TENANT_UNAVAILABLE', 'TENANT_UNAVAILABLE'],
  [503, 'NOT_READY', 'NOT_READY'],
  [500, 'COMPOSITION_FAILED', 'COMPOSITION_FAILED'],
  [500, 'FILE_DAMAGED', 'FILE_DAMAGED'],
  [404, 'NOT_FOUND', 'NOT_FOUND'],
  [401, 'something of a proxy', 'UNAUTHORIZED'],
  [500, 'INTERNAL', 'ARCHIVE_UNAVAILABLE'],
  [502, '', 'ARCHIVE_UNAVAILABLE'],
])('%i %s is %s', (status, code, expected) => {
  expect(remoteCode({ status, code })).toBe(expected)
})
