import { Composer } from 'grammy/web'
import { isAnsweredBatch, isServiceMessage } from '../batch.ts'
import { unpackPress } from '../callback-data.ts'
import type { BotContext } from '../context.ts'
import {
  advance,
  amend,
  beginForm,
  correct,
  type FormAdvance,
  type FormMoment,
  type FormProject,
  goOn,
  hasAnswers,
  type LeadForm,
  openForm,
  type OpenRequest,
  refuse,
} from '../flow.ts'
import { cleanName, type FormInput, isName } from '../form-values.ts'
import { ask, explain, NO_KEYBOARD, resumeButtons, say, summaryOf } from '../form-screens.ts'
import { isLabel } from '../labels.ts'
import { editRow, retireRow } from '../owed.ts'
import { type TextKey, text } from '../texts.ts'

export const leadFormFeature = new Composer<BotContext>()

const feature = leadFormFeature.chatType('private')

/** Where somebody came from is forgotten after so long. */
const ORIGIN_KEPT_MS = 30 * 24 * 3_600_000

feature.command('lead', (ctx) => beginOrResume(ctx))

feature.command('cancel', (ctx) => {
  const { form } = ctx.turn.memory
  say(ctx, form ? 'form.cancelled' : 'form.nothing_to_cancel', {}, NO_KEYBOARD)
  ctx.turn.memory.form = null
})

feature.on('callback_query:data', (ctx, next) => {
  const press = unpackPress(ctx.callbackQuery.data)
  if (press?.verb !== 'form') return next()
  const [action = '', id = ''] = press.id.split('-')
  if (action === 'new') {
    ctx.answer()
    return beginOrResume(ctx)
  }
  const { form } = ctx.turn.memory
  if (!form || !act(ctx, form, action, Number(id))) refusePress(ctx)
})

feature.on('edited_message', (ctx) => {
  const { form, sentIn } = ctx.turn.memory
  const { message_id: messageId } = ctx.editedMessage
  const amended = form && amend(form, inputOf(ctx), momentOf(ctx))
  if (!form || !amended) {
    if (sentIn.includes(messageId)) ctx.say('form.edit_late')
  } else if ('kept' in amended) ctx.say('form.edit_kept')
  else if ('form' in amended && amended.form.step === form.step) {
    // The question that is being asked stays the same: it is enough to say that we have seen it.
    ctx.turn.memory.form = amended.form
    ctx.say('form.edited')
  } else take(ctx, form, amended)
})

feature.on('message').filter(
  (ctx) => ctx.turn.memory.form !== null && !ctx.msg.text?.startsWith('/'),
  (ctx) => {
    const { form } = ctx.turn.memory
    if (!form || isServiceMessage(ctx) || isAnsweredBatch(ctx)) return
    const { step } = form
    const isKept =
      step.at === 'asking' && step.isCorrection && isLabel('button.keep', ctx.msg.text ?? '')
    const taken = isKept
      ? { form: goOn(form, ctx.update.update_id) }
      : advance(form, inputOf(ctx), momentOf(ctx))
    take(ctx, form, taken)
  },
)

/** What a form needs to know has been read: it asks its first question. */
export function formOpened(
  ctx: BotContext,
  { begun, ...opened }: { begun: number; project: FormProject | null; request: OpenRequest | null },
): void {
  const { form } = ctx.turn.memory
  // Cancelled meanwhile, or begun anew.
  if (form?.begun !== begun) return
  ctx.turn.memory.form = openForm(form, opened, ctx.update.update_id)
  if (form.step.at === 'opening') ask(ctx, ctx.turn.memory.form)
}

/** Asks once more what a form waits for: in another language, or because somebody has come back. */
export function askAgain(ctx: BotContext): void {
  const { form } = ctx.turn.memory
  if (!form) return
  const isWhole = form.step.at === 'confirming'
  ctx.turn.memory.form = isWhole ? goOn(form, ctx.update.update_id) : form
  ask(ctx, ctx.turn.memory.form)
}

/** Begins a request, unless one with answers is begun: then its author chooses. */
function beginOrResume(ctx: BotContext): void {
  const { form } = ctx.turn.memory
  if (form && hasAnswers(form)) return say(ctx, 'form.resume', {}, resumeButtons(ctx, form))
  begin(ctx)
}

function begin(ctx: BotContext): void {
  if (!ctx.person) return
  const { update_id: begun } = ctx.update
  const { origin: known } = ctx.turn.memory
  const isFresh = known !== null && Date.now() - known.at < ORIGIN_KEPT_MS
  const origin = isFresh
    ? { projectId: known.projectId, campaignId: known.campaignId, source: known.source }
    : null
  ctx.turn.memory.form = beginForm({ begun, origin, suggestion: profileName(ctx) })
  ctx.owe('openForm', { by: ctx.person, begun, projectId: origin?.projectId ?? null })
}

/** The name of the person's profile, when it is one that people are called by. */
function profileName(ctx: BotContext): string | null {
  const name = cleanName([ctx.from?.first_name, ctx.from?.last_name].filter(Boolean).join(' '))
  return isName(name) && !name.startsWith('/') ? name : null
}

/** Does what a button of the form says; false when it is not a button of what is asked now. */
function act(ctx: BotContext, form: LeadForm, action: string, id: number): boolean {
  const { step } = form
  if (step.at === 'confirming' && id === step.summary) return actOnSummary(ctx, form, action)
  if (id !== form.begun) return false
  if (step.at === 'choosing' && action === 'add') {
    return goTo(ctx, { ...form, step: { ...step, at: 'adding' } })
  }
  if (step.at === 'choosing' && action === 'another') {
    return goTo(ctx, goOn(form, ctx.update.update_id))
  }
  if (action === 'cancel') return cancel(ctx)
  if (!hasAnswers(form)) return false
  if (action === 'continue') askAgain(ctx)
  else if (action === 'restart') begin(ctx)
  else return false
  ctx.answer()
  return true
}

function actOnSummary(ctx: BotContext, form: LeadForm, action: string): boolean {
  if (action === 'send') return send(ctx, form)
  if (action === 'cancel') return cancel(ctx)
  const corrected = action.startsWith('fix_') ? correct(form, action.slice(4)) : null
  return corrected !== null && goTo(ctx, corrected)
}

function goTo(ctx: BotContext, form: LeadForm): true {
  ctx.answer()
  ctx.turn.memory.form = form
  ask(ctx, form)
  return true
}

function cancel(ctx: BotContext): true {
  ctx.turn.memory.form = null
  become(ctx, text(ctx.locale, 'form.cancelled'))
  return true
}

function send(ctx: BotContext, form: LeadForm): boolean {
  if (!ctx.person) return false
  become(ctx, `${text(ctx.locale, 'form.sent')}\n\n${summaryOf(ctx, form)}`)
  ctx.turn.memory.form = null
  ctx.turn.memory.sentIn = Object.values(form.answers).flatMap(({ messageId }) => messageId ?? [])
  ctx.owe('makeLead', { by: ctx.person, form })
  return true
}

/** Takes what a message came to: asks on, asks again with the reason, or adds to a request. */
function take(ctx: BotContext, form: LeadForm, taken: FormAdvance): void {
  if ('problem' in taken) {
    ctx.turn.memory.form = refuse(form, ctx.msg?.message_id ?? null)
    explain(ctx, form, taken)
  } else if ('note' in taken) {
    if (!ctx.person) return
    ctx.turn.memory.form = null
    ctx.turn.memory.sentIn = ctx.msg ? [ctx.msg.message_id] : []
    ctx.owe('addToLead', { by: ctx.person, leadId: taken.request.id, words: taken.note })
  } else {
    ctx.turn.memory.form = taken.form
    ask(ctx, taken.form)
  }
}

function inputOf(ctx: BotContext): FormInput {
  const { text: words, contact, forward_origin: origin } = ctx.msg ?? {}
  if (contact) {
    const isOwn = contact.user_id !== undefined && contact.user_id === ctx.from?.id
    return { type: 'contact', phone: contact.phone_number, isOwn }
  }
  if (origin) return { type: 'forwarded' }
  return words === undefined ? { type: 'other' } : { type: 'text', text: words }
}

function momentOf(ctx: BotContext): FormMoment {
  const { DEFAULT_REGION: region, DEFAULT_TIMEZONE: timezone } = ctx.turn.settings
  return {
    updateId: ctx.update.update_id,
    messageId: ctx.msg?.message_id ?? null,
    now: Date.now(),
    place: { region, timezone },
  }
}

/** The message that was pressed says what has become of it. */
function become(ctx: BotContext, html: string): void {
  ctx.answer()
  const message = ctx.callbackQuery?.message
  if (message) ctx.turn.owes.push(editRow(message.message_id, html))
}

/** A button of an earlier request, or of an earlier summary of this one, says so and goes. */
function refusePress(ctx: BotContext): void {
  const key: TextKey = ctx.turn.memory.form ? 'form.newer' : 'form.stale'
  ctx.answer(key)
  const message = ctx.callbackQuery?.message
  if (message) ctx.turn.owes.push(retireRow(message.message_id))
}
