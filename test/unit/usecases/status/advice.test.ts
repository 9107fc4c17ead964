import { expect, it } from 'vitest'
import { adviceFault, codesInSources } from '../../../../conformance/codes.ts'
import { ADVICE } from '../../../../shared/usecases/status/advice.ts'

const codes = codesInSources()

it('there is advice for every code, and for no other', () => {
  expect(codes.length).toBeGreaterThan(50)
  expect(Object.keys(ADVICE).sort()).toEqual(codes)
})

it('docs/operations.md has a row for every code', () => {
  const faults = codes.map((code) => [code, adviceFault(code)] as const)
  expect(faults.filter(([, fault]) => fault !== null)).toEqual([])
})
