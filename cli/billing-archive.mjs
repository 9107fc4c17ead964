#!/usr/bin/env node
// The command `billing-archive`. The sources run as they are on Node 22.19 and later; on an older one the Node that
// `npm ci` brought takes over. So this file is plain JavaScript that every Node understands.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import module from 'node:module'
import { fileURLToPath } from 'node:url'

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
const own = fileURLToPath(new URL('../node_modules/node/bin/node', import.meta.url))

if (major > 22 || (major === 22 && minor >= 19)) {
  module.enableCompileCache()
  await import('./main.ts')
} else if (existsSync(own)) {
  const self = fileURLToPath(import.meta.url)
  const child = spawn(own, [self, ...process.argv.slice(2)], { stdio: 'inherit' })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? (signal === 'SIGINT' ? 130 : 143)
  })
} else {
  await import('../local/check-node.mjs')
}
