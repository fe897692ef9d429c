import { buildPortal } from './run-tool.ts'
import { runWorker } from './run-worker.ts'

/** `npm run worker -- <wrangler dev flags>`: the Worker alone, against any servers. */
try {
  await buildPortal()
  const worker = await runWorker(process.argv.slice(2), { output: 'inherit' })
  let isEnding = false
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      isEnding = true
      void worker.stop()
    })
  }
  const problem = await worker.ready
  if (problem === null) console.log(`TargetBot is on ${worker.url}`)
  else await worker.stop()
  const code = await worker.ended
  if (isEnding) process.exit(0)
  if (problem !== null) throw new Error(problem)
  process.exit(code)
} catch (error) {
  console.error(
    `TargetBot does not start: ${error instanceof Error ? error.message : String(error)}`,
  )
  process.exit(1)
}
