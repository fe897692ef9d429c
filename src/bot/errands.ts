import type { Locale } from '../locales.ts'
import type { NewRow } from '../outbox/outbox.ts'
import type { Settings } from '../settings.ts'
import { bind } from './errands/bind.ts'
import { greet, help, setLanguage } from './errands/greet.ts'
import { connectLink, portalLink } from './errands/links.ts'
import { makeLead } from './errands/make-lead.ts'
import { note } from './errands/note.ts'
import { press } from './errands/press.ts'
import { report } from './errands/report.ts'

/** Everything the bot does outside its chat; each may be done twice and then changes nothing more. */
const ERRANDS = {
  bind,
  connectLink,
  greet,
  help,
  makeLead,
  note,
  portalLink,
  press,
  report,
  setLanguage,
}

export type ErrandName = keyof typeof ERRANDS

/** What an errand is given besides its arguments. */
export interface ErrandDeps {
  env: Env
  settings: Settings
  chatId: string
  /** The update that it comes of: what is made of it once is made once. */
  updateId: number
  locale: Locale
  publicUrl: string
}

export type ErrandArgs<Name extends ErrandName> = Parameters<(typeof ERRANDS)[Name]>[0]

/** Does an errand; what it returns is then owed to the chat. */
export async function doErrand(name: string, args: unknown, deps: ErrandDeps): Promise<NewRow[]> {
  if (!Object.hasOwn(ERRANDS, name)) throw new Error(`no errand is called ${name}`)
  // The arguments were written by `owe`, which is typed by the same table.
  const errand = ERRANDS[name as ErrandName] as (
    args: unknown,
    deps: ErrandDeps,
  ) => Promise<NewRow[]>
  return errand(args, deps)
}
