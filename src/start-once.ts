/**
 * Starts an instance of a workflow under an id that says what it is for.
 * One that was started before, by whomever, stays as it is.
 */
export async function startOnce<Params>(
  workflow: Workflow<Params>,
  id: string,
  params: Params,
): Promise<void> {
  const { errors } = await workflow.createBatch({ instances: [{ id, params }] })
  const failed = errors.find(({ code }) => code !== ALREADY_EXISTS)
  if (failed) throw new Error(`workflow ${id} did not start: ${failed.code}`)
}

/** Cloudflare: Workflows, `instance.already_exists`. */
const ALREADY_EXISTS = 10405
