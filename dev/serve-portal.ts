import { type RunningTool, startTool } from './run-tool.ts'

/**
 * Serves the portal from its sources, which the browser loads anew as they change. What the Worker
 * answers is passed on to it (`web/vite.config.ts`).
 * @throws Error with what vite has printed when it does not start.
 */
export async function servePortal(port: number, worker: string): Promise<RunningTool> {
  let printed = ''
  let isListening = false
  const listening = Promise.withResolvers<'listening'>()
  const tool = startTool(
    'vite',
    ['web', '--port', String(port), '--strictPort'],
    (text) => {
      if (isListening) process.stdout.write(text)
      else printed += text
      if (!printed.includes('Local:')) return
      isListening = true
      listening.resolve('listening')
    },
    { WORKER_URL: worker },
  )
  const first = await Promise.race([listening.promise, tool.ended])
  if (first !== 'listening') throw new Error(`vite ended with ${first}\n${printed}`)
  return tool
}
