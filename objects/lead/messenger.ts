import { canWorkLeads } from '../../src/auth/permissions.ts'
import { isUnanswered, type LeadData, NO_CHAT } from '../../src/lead.ts'
import type { Delivery } from '../../src/outbox/drain.ts'
import type { Outbox, OutboxRow } from '../../src/outbox/outbox.ts'
import { settingsOf } from '../../src/settings.ts'
import { listWorkers, type Worker } from '../../src/store/members.ts'
import { placeOf, type Project, recentProject } from '../../src/store/projects.ts'
import { adminIds, findUser } from '../../src/store/users.ts'
import { boardOf, conversationOf, leadOf } from '../../src/stubs.ts'
import type { Consequence } from './decision.ts'
import { partOf } from './rows.ts'
import type { LeadTables } from './sql.ts'
import { tellLists } from './tell-lists.ts'

/** A row as it was written, with what its consequence brought. */
type Owed = Consequence | { kind: 'projection' | 'card' }

export interface MessengerDeps {
  env: Env
  tables: LeadTables
  outbox(): Outbox
  /** Gives the lead, as long as it waits since then, to whose turn it is. */
  give(to: Worker, waitingSince: string, project: Project): void
}

/** Carries what a lead owes to those whom it is owed; everything may be done twice. */
export class Messenger {
  readonly #deps: MessengerDeps
  readonly #env: Env

  constructor(deps: MessengerDeps) {
    this.#deps = deps
    this.#env = deps.env
  }

  async deliver(row: OutboxRow): Promise<Delivery> {
    const lead = this.#deps.tables.lead()
    if (!lead) return DONE
    // Our own words, written by `rowsOf`.
    const owed = { ...JSON.parse(row.body), kind: row.kind } as Owed
    switch (owed.kind) {
      case 'news':
        return this.#tellNews(lead)
      case 'projection':
        return this.#project(lead)
      case 'card':
        return this.#showCard(lead)
      case 'client:taken':
      case 'client:closed':
        return this.#tellClient(lead, row, owed.kind)
      case 'assign':
        return this.#assign(lead, owed.butNot)
      case 'assigned':
        return this.#tellAssigned(lead, row, owed.userId)
      case 'returned':
        return this.#tellManager(owed.userId, lead, row, 'manager.returned')
      case 'reminder':
        return this.#tellManager(owed.userId, lead, row, 'manager.reminder', owed.text)
      case 'overdue:team':
      case 'overdue:admins':
        return this.#showOverdue(lead, owed)
      case 'absorb':
        return this.#mergeInto(lead, owed)
    }
  }

  /** Lists and chats at once; whichever fails is owed by itself from then on, as often as it takes. */
  async #tellNews(lead: LeadData): Promise<Delivery> {
    const [projection, card] = await Promise.allSettled([this.#project(lead), this.#showCard(lead)])
    const commit = () => {
      this.#keep('projection', projection)
      this.#keep('card', card)
    }
    return { result: 'done', commit }
  }

  #keep(kind: 'projection' | 'card', told: PromiseSettledResult<Delivery>): void {
    const outbox = this.#deps.outbox()
    const isDone = told.status === 'fulfilled' && told.value.result === 'done'
    // What had failed before is done with this; why this has failed its own row finds out.
    if (isDone) outbox.withdraw(kind, null)
    else outbox.add([partOf(kind)])
  }

  async #project(lead: LeadData): Promise<Delivery> {
    await tellLists(this.#env, lead)
    return DONE
  }

  async #showCard(lead: LeadData): Promise<Delivery> {
    const { tables } = this.#deps
    const project = await recentProject(this.#env.DB, lead.projectId)
    if (!project) return NO_PROJECT
    // Remembered before: should we be cut off, a card that stands there is changed with the others.
    if (project.chatId) tables.addChat(project.chatId)
    // The present chat first: where else it stands may be a chat that is no more.
    const chats = new Set([...(project.chatId ? [project.chatId] : []), ...tables.chats()])
    if (chats.size === 0) return { result: 'refused', reason: NO_CHAT }
    await inEach([...chats], (chat) =>
      conversationOf(this.#env, chat).showCards([lead], this.#placeIn(chat, project)),
    )
    return DONE
  }

  #placeIn(chatId: string, project: Project) {
    const threadId = chatId === project.chatId ? project.threadId : null
    return { ...placeOf(project, settingsOf(this.#env)), threadId }
  }

  async #tellClient(
    lead: LeadData,
    row: OutboxRow,
    kind: 'client:taken' | 'client:closed',
  ): Promise<Delivery> {
    // Given back before they could hear that it was taken: they hear of whoever takes it next.
    const isOver = kind === 'client:taken' && !lead.assignee
    if (!lead.userId || isOver) return DONE
    await conversationOf(this.#env, lead.userId).tell({
      key: `${lead.id}:${row.seq}`,
      text: kind === 'client:taken' ? 'client.taken' : 'client.closed',
      params: { manager: lead.assignee?.name ?? '' },
    })
    return DONE
  }

  async #tellAssigned(lead: LeadData, row: OutboxRow, userId: string): Promise<Delivery> {
    if (lead.assignee?.id !== userId || lead.status !== 'in_progress') return DONE
    return this.#tellManager(userId, lead, row, 'manager.assigned')
  }

  /** Shows a manager the lead in their own chat, with why. */
  async #tellManager(
    userId: string,
    lead: LeadData,
    row: OutboxRow,
    text: 'manager.assigned' | 'manager.returned' | 'manager.reminder',
    words: string | null = null,
  ): Promise<Delivery> {
    const project = await recentProject(this.#env.DB, lead.projectId)
    const user = await findUser(this.#env.DB, userId)
    // Whoever works leads no more learns nothing of them.
    if (user && !canWorkLeads(user.role)) return DONE
    const chatId = text === 'manager.returned' ? null : project?.chatId
    await conversationOf(this.#env, userId).tellOfLead({
      key: `${lead.id}:${row.seq}`,
      text,
      words,
      lead,
      timezone: project ? placeOf(project, settingsOf(this.#env)).timezone : 'UTC',
      // Who never began with the bot is called in the project's chat.
      orElse:
        project && chatId
          ? { userId, name: user?.name ?? userId, chatId, place: this.#placeIn(chatId, project) }
          : null,
    })
    return DONE
  }

  /** Gives the lead to the manager whose turn it is; it stays free when there is nobody. */
  async #assign(lead: LeadData, butNot: string | null): Promise<Delivery> {
    const project = await recentProject(this.#env.DB, lead.projectId)
    if (lead.status !== 'new' || !project || project.rules.assignment === 'free') return DONE
    const workers = await listWorkers(this.#env.DB, lead.projectId)
    const to = await boardOf(this.#env, lead.projectId).nextWorker({
      // Asked again for the same wait, the board answers the same.
      turn: `${lead.id}:${lead.waitingSince}`,
      leadId: lead.id,
      mode: project.rules.assignment,
      // Who has given it back does not get it again, even if there is nobody else.
      workers: workers.filter(({ id }) => id !== lead.releasedBy),
      butNot,
    })
    if (to) this.#deps.give(to, lead.waitingSince, project)
    return DONE
  }

  /** Those who let it wait are told, many leads in one message. */
  async #showOverdue(
    lead: LeadData,
    { kind, waitingSince }: { kind: 'overdue:team' | 'overdue:admins'; waitingSince: string },
  ): Promise<Delivery> {
    // Answered meanwhile, or free anew and not waiting for long.
    if (!isUnanswered(lead) || lead.waitingSince !== waitingSince) return DONE
    const project = await recentProject(this.#env.DB, lead.projectId)
    if (!project) return NO_PROJECT
    const team = project.chatId ? [project.chatId] : []
    const chats =
      kind === 'overdue:team' ? team : await adminIds(this.#env.DB, settingsOf(this.#env))
    await inEach(chats, (chat) =>
      conversationOf(this.#env, chat).tellOverdue(lead, this.#placeIn(chat, project)),
    )
    return DONE
  }

  async #mergeInto(
    lead: LeadData,
    { into, command }: Extract<Consequence, { kind: 'absorb' }>,
  ): Promise<Delivery> {
    // Separated again before the other could hear of it.
    if (lead.duplicateOf !== into) return DONE
    const answer = await leadOf(this.#env, into).carryOut(command)
    // Shown to a person: here the request is closed, and there nobody has it.
    return answer.ok ? DONE : { result: 'refused', reason: `MERGE_${answer.code}` }
  }
}

const DONE: Delivery = { result: 'done' }
const NO_PROJECT: Delivery = { result: 'refused', reason: 'NO_PROJECT' }

/** Tells every one of them, one after another, before it fails for those who could not be told. */
async function inEach(chats: string[], tell: (chat: string) => Promise<void>): Promise<void> {
  const failures: unknown[] = []
  for (const chat of chats) await tell(chat).catch((error: unknown) => failures.push(error))
  if (failures.length > 0) throw failures[0]
}
