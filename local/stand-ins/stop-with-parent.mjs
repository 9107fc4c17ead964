import '../compile-cache.mjs'

// Loaded into a process that is not ours: when its parent is gone, however that ended, it stops too.
process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'))
process.channel?.unref()
// Its output goes nowhere then, which must not end it before it has written its index to disk.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {})
// It would close its servers and wait for its clients; SIGTERM ends it.
process.on('SIGINT', () => process.kill(process.pid, 'SIGTERM'))
process.on('SIGHUP', () => process.kill(process.pid, 'SIGTERM'))
