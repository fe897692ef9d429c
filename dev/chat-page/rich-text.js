import { el } from './dom.js'

const SAFE = /^(?:https?|tg|mailto|tel):/i

const BLOCKS = new Set(['blockquote', 'expandable_blockquote', 'pre'])

/** How each kind of entity looks; `taps` say what a tap on it does. */
const ELEMENTS = {
  bold: () => el('b'),
  italic: () => el('i'),
  underline: () => el('u'),
  strikethrough: () => el('s'),
  code: () => el('code'),
  pre: ({ language = '' }) => el('pre', { data: { language } }),
  blockquote: () => el('blockquote'),
  expandable_blockquote: () => expandable(),
  spoiler: () => spoiler(),
  text_link: ({ url }, _, taps) => link(url, taps),
  url: (_, text, taps) => link(SAFE.test(text) ? text : `http://${text}`, taps),
  email: (_, text) => link(`mailto:${text}`),
  phone_number: (_, text) => link(`tel:${text.replaceAll(/[^\d+]/g, '')}`),
  mention: () => el('span', { className: 'link' }),
  text_mention: () => el('span', { className: 'link' }),
  hashtag: () => el('span', { className: 'link' }),
  bot_command: (_, text, taps) =>
    el('button', { type: 'button', className: 'link', onclick: () => taps.command(text) }),
}

function link(href, taps) {
  if (!SAFE.test(href)) return el('span')
  const open = (event) => taps?.link(href) && event.preventDefault()
  return el('a', { href, target: '_blank', rel: 'noopener noreferrer', onclick: open })
}

const spoiler = () =>
  el('button', {
    type: 'button',
    className: 'spoiler',
    onclick: ({ currentTarget }) => currentTarget.classList.add('shown'),
  })

const expandable = () =>
  el('blockquote', {
    className: 'expandable',
    onclick: ({ currentTarget }) => currentTarget.classList.toggle('open'),
  })

/**
 * A text with its entities as nodes. Entities nest or stand apart; where two cross, the later one
 * ends where the earlier does. `taps` says what links and commands do.
 */
export function richText(text, entities = [], taps = { link: () => false, command: () => {} }) {
  return nodes(text, [...entities], 0, text.length, taps)
}

function nodes(text, entities, from, to, taps) {
  const made = []
  let at = from
  while (entities.length > 0 && entities[0].offset < to) {
    const entity = entities.shift()
    const end = Math.min(entity.offset + entity.length, to)
    const start = Math.max(entity.offset, at)
    if (end <= start) continue
    const make = ELEMENTS[entity.type] ?? (() => el('span'))
    const element = make(entity, text.slice(start, end), taps)
    element.append(...nodes(text, entities, start, end, taps))
    made.push(text.slice(at, start), element)
    // The line break after a block is the end of the block, not an empty line.
    at = BLOCKS.has(entity.type) && text[end] === '\n' ? end + 1 : end
  }
  return [...made, text.slice(at, to)].filter((node) => node !== '')
}
