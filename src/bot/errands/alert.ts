import { InlineKeyboard } from 'grammy/web'
import { moneyOf } from '../../money.ts'
import type { NewRow } from '../../outbox/outbox.ts'
import { dayOf } from '../../period.ts'
import { findProject, placeOf, type Project } from '../../store/projects.ts'
import { sumInsights } from '../../store/insights.ts'
import type { User } from '../../store/users.ts'
import { findAlert } from '../../store/watch.ts'
import { watchOf } from '../../stubs.ts'
import { isoTime } from '../../time.ts'
import type { ShownAlert } from '../../watch/alert.ts'
import { isSwitched, type SwitchAnswer } from '../../watch/switching.ts'
import { timeIn } from '../clock.ts'
import type { Person } from '../context.ts'
import type { ErrandDeps } from '../errands.ts'
import { moneyText } from '../money-text.ts'
import { answerRow, editRow, messageRow } from '../owed.ts'
import { isPrivateChat, recognise } from '../people.ts'
import { snoozedUntil } from '../snoozed-until.ts'
import { plainText, text } from '../texts.ts'
import { alertButtons, alertText } from '../watch.ts'
import { type AlertPress, packAlert, type SnoozeChoice } from '../watch-press.ts'

/** A button of an alert that somebody pressed. */
export interface PressedAlert {
  by: Person
  press: AlertPress
  callbackId: string
  messageId: number | null
}

/** Everything that a press is carried out with. */
interface Scene {
  alert: ShownAlert
  project: Project
  user: User
  deps: ErrandDeps
  timezone: string
}

/** What the message says from now on, and a word that passes by. */
interface Outcome {
  html: string
  buttons: InlineKeyboard
  word?: string
}

/** Does what a button of an alert says, if who pressed it is an admin, and shows it where it stood. */
export async function alertPress(
  { by, press, callbackId, messageId }: PressedAlert,
  deps: ErrandDeps,
): Promise<NewRow[]> {
  const { env, settings } = deps
  const user = await recognise(env, settings, by)
  const answer = (words: string, isAlert = false) => answerRow(callbackId, words, isAlert)
  const own = user.locale ?? by.locale
  if (user.role !== 'admin') return [answer(plainText(own, 'refused.admin'), true)]
  const alert = await findAlert(env.DB, press.alertId)
  const project = alert && (await findProject(env.DB, alert.projectId))
  if (!project) return [answer(plainText(own, 'press.unknown'), true)]
  const { timezone, locale: ofProject } = placeOf(project, settings)
  // What many read stays in the language it was said in.
  const locale = isPrivateChat(deps.chatId) ? deps.locale : ofProject
  const scene = { alert, project, user, deps: { ...deps, locale }, timezone }
  const { html, buttons, word = '' } = await act(press, scene)
  const shown =
    messageId === null ? messageRow(html, { markup: buttons }) : editRow(messageId, html, buttons)
  return [answer(word), shown]
}

async function act(press: AlertPress, scene: Scene): Promise<Outcome> {
  switch (press.deed) {
    case 'snooze':
      return snooze(press.choice, scene)
    case 'keep':
      return shown(scene)
    case 'pause':
      return ask(press.campaignId, scene)
    case 'sure':
      return switchTo('PAUSED', press, scene)
    case 'run':
      return switchTo('ACTIVE', press, scene)
  }
}

/** The alert as it stood, with a line of what has become of it. */
function shown({ alert, project, deps, timezone }: Scene, line = '', word = ''): Outcome {
  const { locale, publicUrl } = deps
  const telling = alert.state === 'over' ? 'over' : 'rise'
  const words = alertText(alert, telling, { project: project.name, timezone, locale })
  const portal = publicUrl ? `${publicUrl}/portal` : null
  const html = line === '' ? words : `${words}\n\n${line}`
  return { html, buttons: alertButtons(alert, { locale, portal }), word }
}

async function snooze(choice: SnoozeChoice, scene: Scene): Promise<Outcome> {
  const { alert, project, user, deps, timezone } = scene
  const until = snoozedUntil(choice, Date.now(), timezone)
  const by = { id: user.id, name: user.name }
  const ref = `telegram:${deps.updateId}`
  const watch = watchOf(deps.env, project.id)
  const answer = await watch.snooze({ alertId: alert.id, until: isoTime(until), ref, by })
  if (!answer.ok) {
    const over = { ...scene, alert: { ...alert, state: 'over' as const } }
    return shown(over, '', plainText(deps.locale, 'watch.is_over'))
  }
  const params = { at: timeIn(isoTime(until), deps.locale, timezone), by: user.name }
  const word = plainText(deps.locale, 'watch.snoozed', params)
  return shown(scene, text(deps.locale, 'watch.snoozed', params), word)
}

/** Asks whether to pause, with what the campaign has cost and brought today. */
async function ask(campaignId: string, scene: Scene, before = ''): Promise<Outcome> {
  const { alert, project, deps } = scene
  const { locale } = deps
  const today = await todayOf(campaignId, project, deps)
  const html = [
    before,
    text(locale, 'watch.ask', { campaign: nameOf(campaignId, scene), ...today }),
  ]
  const alertId = alert.id
  const seenAt = Date.now()
  const buttons = new InlineKeyboard()
    .text(
      plainText(locale, 'watch.button.sure'),
      packAlert({ deed: 'sure', alertId, campaignId, seenAt }),
    )
    .text(plainText(locale, 'watch.button.keep'), packAlert({ deed: 'keep', alertId }))
  return { html: html.filter((part) => part !== '').join('\n\n'), buttons }
}

function nameOf(campaignId: string, { alert }: Scene): string {
  return alert.campaigns.find(({ id }) => id === campaignId)?.name ?? campaignId
}

async function todayOf(
  campaignId: string,
  { adAccountId, accountTimezone, currency }: Project,
  { env, locale }: ErrandDeps,
): Promise<{ spend: string; leads: number | string }> {
  if (!adAccountId || !accountTimezone || !currency) return { spend: '—', leads: '—' }
  const day = dayOf(Date.now(), accountTimezone)
  const sums = await sumInsights(env.DB, { accountId: adAccountId, from: day, to: day })
  const own = sums.campaigns.find((one) => one.campaignId === campaignId)
  return {
    spend: moneyText(moneyOf(own?.spendMicros ?? 0, currency), locale),
    leads: Math.round((own?.leads ?? 0) * 100) / 100,
  }
}

/** Pauses the campaign or lets it run again, and says what has become of it. */
async function switchTo(
  to: 'PAUSED' | 'ACTIVE',
  { campaignId, seenAt }: { campaignId: string; seenAt: number },
  scene: Scene,
): Promise<Outcome> {
  const { project, user, deps } = scene
  const by = { id: user.id, name: user.name }
  const ref = `telegram:${deps.updateId}`
  const watch = watchOf(deps.env, project.id)
  const answer = await watch.switchCampaign({ ref, campaignId, to, seenAt, by })
  if (!answer.ok) return refused(to, campaignId, answer, scene)
  const { name: campaign, at, hasChanged, effectiveStatus } = answer.value
  const { locale } = deps
  const when = timeIn(isoTime(at), locale, scene.timezone)
  const lines = [
    hasChanged
      ? text(locale, to === 'PAUSED' ? 'watch.paused' : 'watch.running', {
          campaign,
          by: user.name,
          at: when,
        })
      : text(locale, to === 'PAUSED' ? 'watch.paused_already' : 'watch.running_already', {
          campaign,
        }),
  ]
  if (effectiveStatus === null) lines.push(text(locale, 'watch.unchecked'))
  else if (!isSwitched(to, effectiveStatus)) {
    lines.push(text(locale, 'watch.unconfirmed', { status: effectiveStatus }))
  }
  const outcome = shown(scene, lines.join('\n'))
  // What was so already was somebody else's doing: it is not ours to undo.
  if (to === 'ACTIVE' || !hasChanged) return outcome
  const run = packAlert({ deed: 'run', alertId: scene.alert.id, campaignId, seenAt: at })
  const undo = InlineKeyboard.text(plainText(locale, 'watch.button.run'), run)
  const rest = outcome.buttons.inline_keyboard.filter((row) => !isPauseOf(campaignId, row))
  return { ...outcome, buttons: InlineKeyboard.from([[undo], ...rest]) }
}

function isPauseOf(campaignId: string, row: InlineKeyboard['inline_keyboard'][number]): boolean {
  return row.some(
    (button) => 'callback_data' in button && button.callback_data.endsWith(`-${campaignId}`),
  )
}

type Refusal = Extract<SwitchAnswer, { ok: false }>

/** Why it was not done, in words; a question that may still be answered is asked anew. */
async function refused(
  to: 'PAUSED' | 'ACTIVE',
  campaignId: string,
  refusal: Refusal,
  scene: Scene,
): Promise<Outcome> {
  const words = whyNot(refusal, scene)
  if (to === 'PAUSED' && ASKED_ANEW.has(refusal.kind)) return ask(campaignId, scene, words)
  return shown(scene, words)
}

const ASKED_ANEW = new Set<Refusal['kind']>(['late', 'later', 'transient'])

function whyNot(refusal: Refusal, { deps: { locale }, timezone }: Scene): string {
  const { code } = refusal
  switch (refusal.kind) {
    case 'stale':
      return text(locale, 'watch.fail.stale')
    case 'late':
      return text(locale, 'watch.fail.late')
    case 'no_account':
    case 'dead':
    case 'role':
      return text(locale, 'watch.fail.dead')
    case 'permission':
      return text(locale, 'watch.fail.permission', { code })
    case 'later': {
      const at = 'at' in refusal ? timeIn(isoTime(refusal.at), locale, timezone) : ''
      return text(locale, 'watch.fail.later', { at, code })
    }
    case 'gone':
      return text(locale, 'watch.fail.gone')
    case 'transient':
      return text(locale, 'watch.fail.transient')
    case 'too_much':
    case 'ours':
      return text(locale, 'watch.fail.ours', { code })
  }
}
