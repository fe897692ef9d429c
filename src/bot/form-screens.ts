import { InlineKeyboard, Keyboard } from 'grammy/web'
import { type Question, saidIn } from '../project-rules.ts'
import { packPress } from './callback-data.ts'
import { timeIn } from './clock.ts'
import type { BotContext } from './context.ts'
import { fieldsOf, type LeadForm, type OpenRequest } from './flow.ts'
import { canBeSkipped, type Field, type FormProblem, showValue, type Value } from './form-values.ts'
import { type Markup, messageRow } from './owed.ts'
import { cut, shorten } from './shorten.ts'
import { escapeHtml, text, type TextKey, type TextParams } from './texts.ts'

export const NO_KEYBOARD = { remove_keyboard: true } as const

/** What stands there for a moment; Telegram sends nothing that is empty. */
const MOMENT = '…'

/** How much of each is shown: with all of them longest, a summary fits Telegram's 4,096 characters. */
const MAX = { question: 60, answer: 160, comment: 600, label: 24 }

/** Corrections stand in so many columns. */
const COLUMNS = 2

/** Asks what the form is to be told next, or shows it whole. */
export function ask(ctx: BotContext, form: LeadForm): void {
  const { step } = form
  switch (step.at) {
    case 'opening':
      return
    case 'choosing':
      return sayOpen(ctx, form, step.request)
    case 'adding':
      return say(ctx, 'form.ask_addition', {}, NO_KEYBOARD)
    case 'asking':
      return askField(ctx, form, step.field)
    case 'confirming': {
      const html = `${text(ctx.locale, 'form.summary')}\n\n${summaryOf(ctx, form)}`
      return tell(ctx, html, markupOf(ctx, form))
    }
  }
}

/** Says why something is no answer, with the means to give one. */
export function explain(ctx: BotContext, form: LeadForm, problem: FormProblem): void {
  const params = 'max' in problem ? { max: problem.max } : {}
  say(ctx, `form.problem.${problem.problem}`, params, markupOf(ctx, form))
}

/** A request's answers, one a line, in Telegram's HTML. */
export function summaryOf(ctx: BotContext, form: LeadForm): string {
  const lines = [...fieldsOf(form)].flatMap(([name, field]) => {
    const value = form.answers[name]?.value
    return value ? lineOf(ctx, field, value) : []
  })
  return lines.join('\n')
}

/** A button that begins a request. */
export function leaveButton(ctx: Pick<BotContext, 'label'>): InlineKeyboard {
  return new InlineKeyboard().text(
    ctx.label('button.leave'),
    packPress({ verb: 'form', id: 'new' }),
  )
}

/** What to do with a request that was begun before. */
export function resumeButtons(ctx: BotContext, { begun }: LeadForm): InlineKeyboard {
  return buttons(ctx, begun, [['continue'], ['restart'], ['cancel']])
}

function askField(ctx: BotContext, form: LeadForm, name: string): void {
  const field = fieldsOf(form).get(name)
  if (!field) return
  const markup = markupOf(ctx, form)
  if (!('label' in field)) return say(ctx, `form.ask_${field.type}`, {}, markup)
  const hint = field.type === 'date' ? `\n${text(ctx.locale, 'form.hint_date')}` : ''
  const optional = canBeSkipped(field) ? `\n${text(ctx.locale, 'form.hint_optional')}` : ''
  tell(ctx, `${escapeHtml(saidIn(field.label, ctx.locale))}${hint}${optional}`, markup)
}

function sayOpen(ctx: BotContext, form: LeadForm, { createdAt, manager }: OpenRequest): void {
  const timezone = form.project?.timezone ?? ctx.turn.settings.DEFAULT_TIMEZONE
  const params = { at: timeIn(createdAt, ctx.locale, timezone), manager: manager ?? '' }
  say(ctx, manager === null ? 'form.open_new' : 'form.open_taken', params, markupOf(ctx, form))
}

/** Says something of the request that is being left; the buttons of what was said before go. */
export function say(ctx: BotContext, key: TextKey, params: TextParams, markup: Markup): void {
  tell(ctx, text(ctx.locale, key, params), markup)
}

function tell(ctx: BotContext, html: string, markup: Markup): void {
  const { memory, owes } = ctx.turn
  // A message with buttons cannot take the keyboard of an earlier question away: one before it does.
  if ('inline_keyboard' in markup && memory.hasKeyboard) {
    owes.push(messageRow(MOMENT, { markup: NO_KEYBOARD, form: 'clears' }))
  }
  memory.hasKeyboard = 'keyboard' in markup
  owes.push(messageRow(html, { markup, form: 'says' }))
}

function lineOf(ctx: BotContext, field: Field, value: Value): string {
  const shown = showValue(value, field, ctx.locale)
  switch (field.type) {
    case 'name':
      return `👤 <b>${escapeHtml(shown ?? '')}</b>`
    case 'contact': {
      const isVerified = value.type === 'contact' && value.isVerified
      return `📞 ${escapeHtml(shown ?? '')}${isVerified ? ' ✓' : ''}`
    }
    case 'comment':
      return `💬 ${cut(shown ?? ctx.label('form.no_comment'), MAX.comment)}`
    default: {
      const question = cut(saidIn(field.label, ctx.locale), MAX.question)
      return `▫️ ${question}: ${cut(shown ?? '—', MAX.answer)}`
    }
  }
}

function markupOf(ctx: BotContext, form: LeadForm): Markup {
  const { step } = form
  switch (step.at) {
    case 'opening':
    case 'adding':
      return NO_KEYBOARD
    case 'choosing':
      return buttons(ctx, form.begun, [['add'], ['another'], ['cancel']])
    case 'asking': {
      const field = fieldsOf(form).get(step.field)
      return field ? keyboardOf(ctx, form, field, step.isCorrection) : NO_KEYBOARD
    }
    case 'confirming': {
      const { inline_keyboard: above } = buttons(ctx, step.summary, [['send']])
      const { inline_keyboard: below } = buttons(ctx, step.summary, [['cancel']])
      return InlineKeyboard.from([...above, ...corrections(ctx, form, step.summary), ...below])
    }
  }
}

type FormButton = 'send' | 'cancel' | 'add' | 'another' | 'continue' | 'restart'

function buttons(ctx: BotContext, id: number, rows: FormButton[][]): InlineKeyboard {
  return InlineKeyboard.from(
    rows.map((row) =>
      row.map((action) =>
        InlineKeyboard.text(
          ctx.label(`button.${action}`),
          packPress({ verb: 'form', id: `${action}-${id}` }),
        ),
      ),
    ),
  )
}

/** One button an answer: it asks that one again. */
function corrections(ctx: BotContext, form: LeadForm, summary: number) {
  const all = [...fieldsOf(form)].map(([name, field]) => {
    const label =
      'label' in field ? saidIn(field.label, ctx.locale) : ctx.label(`form.field.${field.type}`)
    const id = `fix_${name}-${summary}`
    return InlineKeyboard.text(`✏️ ${shorten(label, MAX.label)}`, packPress({ verb: 'form', id }))
  })
  return Array.from({ length: Math.ceil(all.length / COLUMNS) }, (_, row) =>
    all.slice(row * COLUMNS, (row + 1) * COLUMNS),
  )
}

/** The means to answer with one press; what they send is understood in every language. */
function keyboardOf(ctx: BotContext, form: LeadForm, field: Field, isCorrection: boolean): Markup {
  const rows = answersOf(ctx, form, field)
  if (canBeSkipped(field)) rows.push([ctx.label('button.skip')])
  if (isCorrection) rows.push([ctx.label('button.keep')])
  const keyboard = Keyboard.from(rows)
  if (field.type === 'contact') {
    keyboard.row().requestContact(ctx.label('button.share_contact'))
  }
  return keyboard.keyboard.flat().length > 0 ? keyboard.resized().oneTime() : NO_KEYBOARD
}

function answersOf(ctx: BotContext, { suggestion }: LeadForm, field: Field): string[][] {
  switch (field.type) {
    case 'name':
      return suggestion === null ? [] : [[suggestion]]
    case 'choice':
      return optionsOf(ctx, field)
    case 'date':
      return [[ctx.label('date.today'), ctx.label('date.tomorrow')]]
    default:
      return []
  }
}

function optionsOf(ctx: BotContext, { options }: Question): string[][] {
  return options.map((option) => [saidIn(option, ctx.locale)])
}
