import { buildPortal } from './run-tool.ts'
import { runWorker } from './run-worker.ts'

/** `npm run worker -- <wrangler dev flags>`: the Worker alone, against any servers. */
try {
  await buildPortal()
  const worker = await runWorker(process.argv.slice(2), { output: 'inherit' })
  const stop = () => void worker.stop().then(() => process.exit(0))
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop)
  const problem = await worker.ready
  if (problem !== null) {
    await worker.stop()
    throw new Error(problem)
  }
  console.log(`TargetBot is on ${worker.url}`)
  process.exit(await worker.ended)
} catch (error) {
  console.error(
    `TargetBot does not start: ${error instanceof Error ? error.message : String(error)}`,
  )
  process.exit(1)
}
