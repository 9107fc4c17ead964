// Runs before scripts that need the tools, and says how to install them.
import { existsSync } from 'node:fs'

if (!existsSync(new URL('./node_modules', import.meta.url))) {
  process.stderr.write(
    'This needs the tools: install them once with "npm run tools" (tools/README.md).\n',
  )
  process.exit(1)
}
