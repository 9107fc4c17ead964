// Runs before everything else, on whatever Node there is: so it is plain, old JavaScript.
var parts = process.versions.node.split('.').map(Number)
var isOld = parts[0] < 22 || (parts[0] === 22 && parts[1] < 19)
if (isOld) {
  console.error(
    'Billing Archive needs Node 24 (22.19 at least) and this is ' +
      process.version +
      ': run "npm ci", which brings Node 24 along, and if npm skipped install scripts, "npm rebuild node".',
  )
  process.exit(1)
}
// What comes next, for whoever waits; standard output may belong to somebody who parses it.
if (process.argv[2]) console.error(process.argv[2])
