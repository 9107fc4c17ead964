// Runs before everything else, on any version of Node, so it is plain, old JavaScript.
var parts = process.versions.node.split('.').map(Number)
var isOld = parts[0] < 22 || (parts[0] === 22 && parts[1] < 19)
if (isOld) {
  console.error(
    'Billing Archive needs Node 24 (at least 22.19), and this is ' +
      process.version +
      ': run "npm ci", which installs Node 24, and "npm rebuild node" if npm skipped install scripts.',
  )
  process.exit(1)
}
// Announces the next step. Not on standard output, which a program may parse.
if (process.argv[2]) console.error(process.argv[2])
