import type { Locale } from '../locales.ts'
import type { NewRow } from '../outbox/outbox.ts'
import type { Settings } from '../settings.ts'
import { adminPanel } from './errands/admin.ts'
import { addToLead } from './errands/add-to-lead.ts'
import { alertPress } from './errands/alert.ts'
import { setAway } from './errands/away.ts'
import { bind } from './errands/bind.ts'
import { greet, help, setLanguage } from './errands/greet.ts'
import { acceptInvite, invite } from './errands/invite.ts'
import { leads } from './errands/leads.ts'
import { checkConnection, connectLink, portalLink } from './errands/links.ts'
import { makeLead } from './errands/make-lead.ts'
import {
  chatDemoted,
  chatEntered,
  chatOpen,
  chatShut,
  movedFrom,
  topicLost,
} from './errands/membership.ts'
import { my } from './errands/my.ts'
import { note } from './errands/note.ts'
import { offerCommands } from './errands/offer-commands.ts'
import { openForm } from './errands/open-form.ts'
import { press } from './errands/press.ts'
import { stats } from './errands/stats.ts'
import { report } from './errands/report.ts'

/** Everything the bot does outside its chat; each may be done twice and then changes nothing more. */
const ERRANDS = {
  addToLead,
  acceptInvite,
  adminPanel,
  alertPress,
  bind,
  chatDemoted,
  chatEntered,
  chatOpen,
  chatShut,
  checkConnection,
  connectLink,
  greet,
  help,
  invite,
  leads,
  makeLead,
  my,
  movedFrom,
  note,
  openForm,
  offerCommands,
  portalLink,
  press,
  report,
  setAway,
  setLanguage,
  stats,
  topicLost,
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
