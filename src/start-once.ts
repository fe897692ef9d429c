import { log } from './log.ts'

/** An instance of a workflow, under an id that says what it is for. */
export interface Instance<Params> {
  id: string
  params: Params
}

/** What is asked of a workflow here. */
type Starter<Params> = {
  createBatch(batch: {
    instances: Instance<Params>[]
  }): Promise<{ errors: { index: number; code: number }[] }>
}

/**
 * Starts an instance of a workflow under an id that says what it is for.
 * One that was started before, by whomever, stays as it is.
 */
export async function startOnce<Params>(
  workflow: Starter<Params>,
  id: string,
  params: Params,
): Promise<void> {
  const { errors } = await workflow.createBatch({ instances: [{ id, params }] })
  const failed = errors.find(({ code }) => code !== ALREADY_EXISTS)
  if (failed) throw new Error(`workflow ${id} did not start: ${failed.code}`)
}

/**
 * Starts many, each once; one that does not start keeps back no other. Gives the ids of those that
 * were started before, and how many did not start.
 */
export async function startAll<Params>(
  workflow: Starter<Params>,
  instances: Instance<Params>[],
): Promise<{ before: string[]; failed: number }> {
  const once = [...new Map(instances.map((instance) => [instance.id, instance])).values()]
  const before: string[] = []
  let failed = 0
  for (let n = 0; n < once.length; n += MAX_BATCH) {
    const batch = once.slice(n, n + MAX_BATCH)
    try {
      const { errors } = await workflow.createBatch({ instances: batch })
      for (const { index, code } of errors) {
        if (code === ALREADY_EXISTS) before.push(batch[index]?.id ?? '')
        else failed += 1
      }
    } catch (error) {
      log('error', 'workflow.not_started', { count: batch.length, error })
      failed += batch.length
    }
  }
  return { before, failed }
}

/** Cloudflare: Workflows, `createBatch`. */
const MAX_BATCH = 100

/** Cloudflare: Workflows, `instance.already_exists`. */
const ALREADY_EXISTS = 10405
