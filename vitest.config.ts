import { defineConfig } from 'vitest/config'

// The kinds of tests and what each may use are in CONTRIBUTING.md.
const project = (name: string, include: string, timeoutMs: number) => ({
  test: { name, include: [include], testTimeout: timeoutMs, hookTimeout: timeoutMs },
})

/** A project whose files keep nothing in their modules: a worker loads a module once for all of them. */
const inMemory = (name: string, include: string, timeoutMs: number) => {
  const { test } = project(name, include, timeoutMs)
  return { test: { ...test, isolate: false } }
}

/** The same, and the files share storage; `npm run test:unit` does not start it. */
const onStorage = (name: string, include: string, timeoutMs: number) => {
  const { test } = inMemory(name, include, timeoutMs)
  return { test: { ...test, globalSetup: ['testing/stack/storage-setup.ts'] } }
}

export default defineConfig({
  test: {
    reporters: ['default'],
    // Two cores: files side by side would only take each other's time in the parts that wait for servers.
    maxWorkers: 2,
    projects: [
      inMemory('unit', 'test/unit/**/*.test.ts', 10_000),
      inMemory('property', 'test/property/**/*.test.ts', 60_000),
      inMemory('simulation', 'test/simulation/**/*.test.ts', 60_000),
      project('architecture', 'test/architecture.test.ts', 30_000),
      onStorage('contract', 'test/contract/**/*.test.ts', 60_000),
      onStorage('integration', 'test/integration/**/*.test.ts', 120_000),
      onStorage('e2e', 'test/e2e/**/*.test.ts', 180_000),
      // What needs the tools, which the two commands do not install.
      onStorage('tools', 'test/tools/**/*.test.ts', 180_000),
    ],
  },
})
