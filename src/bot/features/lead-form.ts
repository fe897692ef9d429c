import { Composer, InlineKeyboard, Keyboard } from 'grammy/web'
import { packPress, unpackPress } from '../callback-data.ts'
import type { BotContext } from '../context.ts'
import { advance, BEGIN, type FormInput, type LeadAnswers, type LeadForm } from '../flow.ts'
import { editRow, type Markup } from '../owed.ts'
import { type TextKey, text } from '../texts.ts'

export const leadFormFeature = new Composer<BotContext>()

const feature = leadFormFeature.chatType('private')

const NO_KEYBOARD = { remove_keyboard: true } as const

feature.command('lead', (ctx) => ask(ctx, BEGIN, ctx.update.update_id))

feature.command('cancel', (ctx) => {
  ctx.say(ctx.turn.memory.form ? 'form.cancelled' : 'form.nothing_to_cancel', {}, NO_KEYBOARD)
  ctx.turn.memory.form = null
})

feature.on('callback_query:data', (ctx, next) => {
  const press = unpackPress(ctx.callbackQuery.data)
  if (press?.verb !== 'form') return next()
  ctx.answer()
  const [action, begun] = press.id.split('-')
  const { form } = ctx.turn.memory
  // A button of an earlier request must not send a later one.
  if (form?.step !== 'confirm' || String(form.begun) !== begun) return retire(ctx, 'form.stale')
  if (action === 'cancel') {
    ctx.turn.memory.form = null
    return retire(ctx, 'form.cancelled')
  }
  take(ctx, { type: action === 'send' ? 'send' : 'restart' })
})

feature.on('message').filter(
  (ctx) => ctx.turn.memory.form !== null && !ctx.msg.text?.startsWith('/'),
  (ctx) => take(ctx, inputOf(ctx)),
)

function inputOf(ctx: BotContext): FormInput {
  const { text: words, contact } = ctx.msg ?? {}
  if (contact) return { type: 'contact', phone: contact.phone_number }
  if (words === undefined) return { type: 'other' }
  return words === ctx.label('button.skip') ? { type: 'skip' } : { type: 'text', text: words }
}

/** Takes an answer: asks on, asks again with the reason, or makes the lead. */
function take(ctx: BotContext, input: FormInput): void {
  const { form } = ctx.turn.memory
  if (!form) return
  const { begun, ...present } = form
  const step = advance(present, input, ctx.turn.settings.DEFAULT_REGION)
  if ('problem' in step) {
    ctx.say(
      `form.problem.${step.problem}`,
      'max' in step ? { max: step.max } : {},
      keyboardOf(ctx, form),
    )
  } else if ('answers' in step) finish(ctx, step.answers)
  else ask(ctx, step.form, begun)
}

function ask(ctx: BotContext, form: LeadForm, begun: number): void {
  const asked = { ...form, begun }
  ctx.turn.memory.form = asked
  if (form.step !== 'confirm') return ctx.say(`form.ask_${form.step}`, {}, keyboardOf(ctx, asked))
  ctx.say('form.summary', summaryOf(ctx, form), keyboardOf(ctx, asked))
}

function keyboardOf(ctx: BotContext, form: LeadForm & { begun: number }): Markup {
  switch (form.step) {
    case 'name': {
      const name = ctx.person?.name
      return name ? new Keyboard().text(name).resized().oneTime() : NO_KEYBOARD
    }
    case 'contact':
      return new Keyboard().requestContact(ctx.label('button.share_contact')).resized().oneTime()
    case 'comment':
      return new Keyboard().text(ctx.label('button.skip')).resized().oneTime()
    case 'confirm':
      return InlineKeyboard.from(
        (['send', 'restart', 'cancel'] as const).map((action) => [
          InlineKeyboard.text(
            ctx.label(`button.${action}`),
            packPress({ verb: 'form', id: `${action}-${form.begun}` }),
          ),
        ]),
      )
  }
}

function finish(ctx: BotContext, answers: LeadAnswers): void {
  if (!ctx.person) return
  ctx.turn.memory.form = null
  retire(ctx, 'form.sent', summaryOf(ctx, answers))
  ctx.owe('makeLead', { by: ctx.person, answers })
}

/** Takes the buttons off the message that was pressed, and says there what has become of it. */
function retire(ctx: BotContext, key: TextKey, params: Record<string, string> = {}): void {
  const message = ctx.callbackQuery?.message
  if (message) ctx.turn.owes.push(editRow(message.message_id, text(ctx.locale, key, params)))
}

function summaryOf(
  ctx: BotContext,
  { name, contact, comment }: LeadAnswers,
): Record<string, string> {
  return { name, contact: contact.contact, comment: comment ?? ctx.label('form.no_comment') }
}
