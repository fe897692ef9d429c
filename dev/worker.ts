import { runWorker } from './run-worker.ts'

/** `npm run worker -- <wrangler dev flags>`: the Worker alone, against any servers. */
const worker = await runWorker(process.argv.slice(2), { output: 'inherit' })

const stop = () => void worker.stop().then(() => process.exit(0))
process.on('SIGINT', stop)
process.on('SIGTERM', stop)

const problem = await worker.ready
if (problem === null) console.log(`TargetBot is on ${worker.url}`)
else {
  console.error(`TargetBot does not start: ${problem}`)
  await worker.stop()
  process.exit(1)
}

process.exit(await worker.ended)
