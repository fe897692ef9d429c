import type { MetaAnswer, MetaFailure } from '../../src/meta/answer.ts'
import { intervalOf, type LeadQuota, mayCompare } from '../../src/meta/lead-quota.ts'
import { log } from '../../src/log.ts'
import { type KnownForm, listReadForms, recentForms, upsertForms } from '../../src/store/forms.ts'
import { connectionOf } from '../../src/stubs.ts'
import { isoTime } from '../../src/time.ts'
import type { PageTables } from './sql.ts'

/** All forms of a page are read this often: new ones are found by themselves. */
const FORMS_EVERY_MS = 3_600_000

/** A form that was closed is read on for so long: Meta may tell of its last leads late. */
const READ_ON_MS = 8 * 86_400_000

export interface FormBookDeps {
  env: Env
  pageId: string
  tables: PageTables
}

/** The forms of one page: as Meta describes them, and whose turn it is to be read. */
export class FormBook {
  readonly #deps: FormBookDeps
  /** Forms that Meta did not give, and until when they are not asked for again, ms. */
  readonly #refused = new Map<string, number>()

  constructor(deps: FormBookDeps) {
    this.#deps = deps
  }

  /** What is known of forms; one that nobody described yet is asked for. */
  async find(ids: string[]): Promise<Map<string, KnownForm>> {
    const { env } = this.#deps
    const known = new Map((await recentForms(env.DB, ids)).map((form) => [form.id, form]))
    const unknown = ids.filter((id) => !known.has(id))
    await Promise.all(unknown.map((id) => this.#read(id)))
    if (unknown.length === 0) return known
    for (const form of await recentForms(env.DB, unknown)) known.set(form.id, form)
    return known
  }

  /** Without a description a form's answers bear the names that Meta gives them: no lead waits for it. */
  async #read(id: string): Promise<void> {
    const { env, pageId, tables } = this.#deps
    const { connectionId } = tables.state()
    if (connectionId === null || (this.#refused.get(id) ?? 0) > Date.now()) return
    const form = await connectionOf(env, connectionId).readForm(pageId, id)
    if (form.ok) {
      await upsertForms(env.DB, pageId, [form.value])
    } else {
      log('warn', 'page.form_unread', { object: 'page', code: `${form.kind} ${form.code}` })
      this.#refused.set(id, Date.now() + (mayPass(form) ? 60_000 : FORMS_EVERY_MS))
    }
  }

  /**
   * The forms whose leads are to be compared now: none while Meta's quota has no room for it. They are
   * read anew every hour; while Meta does not give them, those that are known do.
   */
  async due(): Promise<MetaAnswer<string[]>> {
    const { env, pageId, tables } = this.#deps
    const now = Date.now()
    const refreshed = await this.#refresh()
    const closedSince = isoTime(now - READ_ON_MS)
    const forms = await listReadForms(env.DB, { pageId, closedSince })
    if (!refreshed.ok && forms.length === 0) return refreshed
    const quota: LeadQuota = {
      leads: forms.reduce((sum, { leads }) => sum + leads, 0),
      calls: tables.calls(now),
      forms: forms.length,
    }
    if (!mayCompare(quota, tables.state().comparedAt, now)) {
      log('info', 'page.not_compared', {
        object: 'page',
        count: quota.calls,
        ms: intervalOf(quota),
      })
      return { ok: true, value: [] }
    }
    tables.saveState({ comparedAt: now })
    return { ok: true, value: forms.map(({ id }) => id) }
  }

  async #refresh(): Promise<MetaAnswer<null>> {
    const { env, pageId, tables } = this.#deps
    const { connectionId, formsReadAt } = tables.state()
    if (connectionId === null) return NOBODY
    if (formsReadAt !== null && Date.now() - formsReadAt < FORMS_EVERY_MS) return NOTHING_NEW
    const forms = await connectionOf(env, connectionId).listForms(pageId)
    tables.countCall(Date.now())
    if (!forms.ok) return forms
    await upsertForms(env.DB, pageId, forms.value)
    tables.saveState({ formsReadAt: Date.now() })
    return NOTHING_NEW
  }
}

export const NOBODY: MetaFailure = { ok: false, kind: 'dead', code: 'no_connection' }

const NOTHING_NEW: MetaAnswer<null> = { ok: true, value: null }

function mayPass({ kind }: MetaFailure): boolean {
  return kind === 'transient' || kind === 'later'
}
