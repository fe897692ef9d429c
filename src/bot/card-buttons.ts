import { InlineKeyboard } from 'grammy/web'
import type { LeadData } from '../lead.ts'
import type { Locale } from '../locales.ts'
import { type CardVerb, packPress } from './callback-data.ts'
import type { CardView } from './card-view.ts'
import { choiceOf, NO_REASON } from './lost-reasons.ts'
import { IN_CHOICES } from './remind-in.ts'
import { plainText, type TextKey } from './texts.ts'

type Button = { verb: CardVerb; choice?: string; label: string }

/** What can be done to a lead, or to what is opened on its card. */
export function buttonsOf(lead: LeadData, locale: Locale, view: CardView | null): InlineKeyboard {
  const rows = rowsOf(lead, locale, view).map((row) =>
    row.map(({ label, ...press }) =>
      InlineKeyboard.text(label, packPress({ ...press, id: lead.id })),
    ),
  )
  return InlineKeyboard.from(rows)
}

function rowsOf(lead: LeadData, locale: Locale, view: CardView | null): Button[][] {
  const say = (key: TextKey) => plainText(locale, key)
  switch (view?.name) {
    case 'reasons':
      return [
        ...view.reasons.map((label): Button[] => [{ verb: 'why', choice: choiceOf(label), label }]),
        [
          { verb: 'why', choice: NO_REASON, label: say('card.button.no_reason') },
          { verb: 'fold', label: say('card.button.back') },
        ],
      ]
    case 'remind':
      return [
        ...pairs(
          IN_CHOICES.map((choice): Button => {
            return { verb: 'in', choice, label: say(`card.in.${choice}`) }
          }),
        ),
        [{ verb: 'fold', label: say('card.button.back') }],
      ]
    default: {
      const isOpen = view?.name === 'history'
      return verbsOf(lead).map((row) =>
        row.map((verb): Button => {
          if (verb === 'history' && isOpen) return { verb: 'fold', label: say('card.button.fold') }
          const isAccepted = verb === 'take' && lead.status === 'in_progress'
          return { verb, label: say(`card.button.${isAccepted ? 'accept' : verb}`) }
        }),
      )
    }
  }
}

type LeadVerb = Exclude<CardVerb, 'why' | 'in' | 'fold' | 'open'>

/** The buttons of a lead by its state, as they stand below each other. */
function verbsOf({ status, firstResponseAt, repeatOf, duplicateOf }: LeadData): LeadVerb[][] {
  if (duplicateOf) return [['unmerge', 'history']]
  if (status === 'closed') return [['reopen', 'history']]
  const merge: LeadVerb[][] = repeatOf ? [['merge']] : []
  if (status === 'new') return [['take'], ...merge, ['spam', 'note'], ['history']]
  // Given out in turn, it is answered when its manager says so.
  const accept: LeadVerb[][] = firstResponseAt ? [] : [['take']]
  // Two in a row: on a phone three are cut to beginnings of words.
  return [
    ...accept,
    ['won', 'lost'],
    ...merge,
    ['remind', 'note'],
    ['release', 'spam'],
    ['history'],
  ]
}

function pairs<Item>(items: Item[]): Item[][] {
  return items.flatMap((item, n) => (n % 2 === 0 ? [items.slice(n, n + 2)] : []))
}
