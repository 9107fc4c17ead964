// Loaded before a program of ours: what V8 compiles of it and of its packages is kept in the temporary folder, so
// that every start after the first takes half the time.
import { enableCompileCache } from 'node:module'

enableCompileCache()
