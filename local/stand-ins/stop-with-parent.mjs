import '../compile-cache.mjs'

// Loaded into a process that is not ours: when its parent is gone, however that ended, it stops too.
process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'))
process.channel?.unref()
