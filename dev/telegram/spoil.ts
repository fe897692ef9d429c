import type { Context } from 'hono'
import type { Arguments } from './arguments.ts'
import { type Answer, refusal, runMethod } from './calls.ts'
import type { Core } from './core.ts'
import { ApiError } from './errors.ts'
import { faultError, type PostedFault } from './faults.ts'
import { badGateway, drop, type Env, respond } from './http.ts'

/** A call that meets a fault. */
interface SpoiledCall {
  core: Core
  c: Context<Env>
  method: string
  args: Arguments
  posted: PostedFault
}

/** Answers a call as the fault wants; what the caller never learns is still in the log. */
export async function spoil(call: SpoiledCall): Promise<Response> {
  const { core, c, method, args } = call
  const { fault, signal } = call.posted
  const log = (answer?: Answer) => core.calls.add(method, args, answer, fault.kind)
  const answer = (answered: Answer) => {
    log(answered)
    return respond(c, answered)
  }
  switch (fault.kind) {
    case 'error':
      return answer(refusal(faultError(fault)))
    case 'bad-gateway':
      log({ status: 502, body: {} })
      return badGateway(c)
    case 'delay':
      await core.clock.wait(fault.ms)
      return answer(runMethod(core, method, args))
    case 'hang':
      log()
      await aborted(AbortSignal.any([signal, c.req.raw.signal]))
      return drop(c)
    case 'drop':
      log()
      return drop(c)
    case 'lost-answer':
      break
  }
  runMethod(core, method, args)
  log()
  return fault.by === 'drop'
    ? drop(c)
    : respond(c, refusal(new ApiError(500, 'Internal Server Error')))
}

const aborted = (signal: AbortSignal) =>
  new Promise<void>((resolve) => {
    if (signal.aborted) return resolve()
    signal.addEventListener('abort', () => resolve())
  })
