import type { LeadData } from '../../src/lead.ts'
import { projectAndFindRepeats } from '../../src/store/leads.ts'
import { boardOf, conversationOf, leadOf } from '../../src/stubs.ts'
import { reportStages } from '../lead/report-stages.ts'
import { tellRepeats } from '../lead/tell-repeats.ts'
import { type PageProject, pageProjects } from './page-projects.ts'
import type { Brought } from './rows.ts'

/** The leads of a page: has them carry out what it brings, and tells of many at once. */
export class PageLeads {
  readonly #env: Env
  readonly #waitUntil: (promise: Promise<unknown>) => void

  constructor(env: Env, waitUntil: (promise: Promise<unknown>) => void) {
    this.#env = env
    this.#waitUntil = waitUntil
  }

  /** Has a lead carry out what the page brings; what follows from it the page tells for all at once. */
  async carryOut([id, command]: Brought, { chatId, rules }: PageProject): Promise<LeadData> {
    const lead = leadOf(this.#env, id)
    const answer = chatId
      ? await lead.carryOutFor(command, { chatId, rules })
      : await lead.carryOut(command)
    if (!answer.ok) throw new Error(`a lead refused what its page brought: ${answer.code}`)
    return answer.lead
  }

  /** Tells the lists and the chats of leads as they are now. Without a chat the leads see to it. */
  async tell(leads: LeadData[]): Promise<void> {
    const projectOf = pageProjects(this.#env)
    const byProject = [...Map.groupBy(leads, ({ projectId }) => projectId)]
    const all = await Promise.all(
      byProject.map(async ([id, some]) => ({ project: await projectOf(id), leads: some })),
    )
    const told = all.filter(({ project }) => project.chatId !== null)
    if (told.length === 0) return
    const toldLeads = told.flatMap((one) => one.leads)
    const [repeats] = await Promise.all([
      projectAndFindRepeats(this.#env.DB, toldLeads),
      ...told.map(({ project: { chatId, threadId, place }, leads: some }) =>
        conversationOf(this.#env, chatId ?? '').showCards(some, { ...place, threadId }),
      ),
    ])
    await tellRepeats(this.#env, repeats)
    await reportStages(this.#env, toldLeads)
    for (const { project, leads: some } of told) {
      // The live feed may miss a change: whoever watches reads the list again after a gap.
      this.#waitUntil(
        boardOf(this.#env, project.id)
          .publish(some)
          .catch(() => undefined),
      )
    }
  }
}
