import { avatar, el, fullName, icon } from './dom.js'
import { richText } from './rich-text.js'
import { serviceText, summary } from './summary.js'
import { clockTime, t } from './texts.js'

/**
 * A message as it hangs in the chat. `place` says how it stands among the others, `deeds` what taps
 * on it do.
 */
export function bubble(message, place, deeds) {
  const service = serviceText(message)
  if (service) return el('div', { className: 'service', dir: 'auto' }, service)
  const isBig = message.sticker !== undefined
  const body = el(
    'div',
    {
      className: `bubble${isBig ? ' big' : ''}${place.isLast ? ' last' : ''}`,
      onclick: (event) => onTap(event, deeds),
    },
    place.showsName ? senderName(message.from) : null,
    message.forward_origin ? forwarded(message.forward_origin) : null,
    repliedTo(message, deeds),
    ...content(message, place, deeds),
  )
  return el(
    'article',
    { className: `message ${place.isOwn ? 'own' : ''}`, data: { id: message.message_id } },
    place.showsAvatar ? face(message.from, place) : null,
    el('div', { className: 'stack' }, body, inlineKeyboard(message, place, deeds)),
  )
}

/** A tap beside links and buttons opens the menu of the message. */
function onTap(event, deeds) {
  const isPlain = !event.target.closest('a, button, blockquote.expandable')
  if (isPlain && getSelection().isCollapsed) deeds.openMenu()
}

const senderName = (from) =>
  el('div', { className: `sender ink-${Math.abs(from.id) % 7}`, dir: 'auto' }, fullName(from))

const face = (from, { isLast }) =>
  isLast ? avatar(from.id, fullName(from), 'small') : el('span', { className: 'avatar small none' })

function forwarded(origin) {
  const name = origin.sender_user ? fullName(origin.sender_user) : origin.sender_user_name
  return el('div', { className: 'forwarded', dir: 'auto' }, t('forwarded', { name }))
}

/** In a topic everything answers the message that opened it, which nobody wants to see. */
function repliedTo({ reply_to_message: replied }, deeds) {
  if (!replied || replied.forum_topic_created) return null
  return el(
    'button',
    { type: 'button', className: 'quote', onclick: () => deeds.scrollTo(replied.message_id) },
    el('b', { dir: 'auto' }, replied.from ? fullName(replied.from) : ''),
    el('span', { dir: 'auto' }, summary(replied)),
  )
}

/** What the message is made of; the time stands at the end of the last line of its words. */
function content(message, place, deeds) {
  const words = shownWords(message)
  const marks = message.entities ?? message.caption_entities
  const foot = meta(message, place)
  if (words === undefined) return [media(message), foot]
  const nodes = richText(words, marks, deeds.taps)
  const title = message.text === words ? undefined : message.text
  return [media(message), el('div', { className: 'text', dir: 'auto', title }, nodes, foot)]
}

/** A phone does not show what a link has put behind the Start that somebody pressed. */
function shownWords({ text, caption }) {
  const isByLink = /^\/start [\w-]{1,64}$/.test(text ?? '')
  return isByLink ? '/start' : (text ?? caption)
}

function media(message) {
  const { sticker, photo, document, contact, voice, location } = message
  if (sticker) return el('div', { className: 'emoji' }, sticker.emoji)
  if (photo) return picture(photo.at(-1))
  if (document) return file(document)
  if (contact) return card(contact)
  if (voice) return row(icon('voice'), t('voice'), `0:${String(voice.duration).padStart(2, '0')}`)
  if (!location) return null
  return row(
    icon('pin'),
    t('location'),
    `${location.latitude.toFixed(4)}, ${location.longitude.toFixed(4)}`,
  )
}

const picture = ({ file_unique_id, width, height }) =>
  el('img', {
    className: 'photo',
    src: `/page/files/${file_unique_id}`,
    width,
    height,
    alt: t('photo'),
    loading: 'lazy',
  })

const row = (picture, title, details) =>
  el(
    'div',
    { className: 'media' },
    el('span', { className: 'disc' }, picture),
    el(
      'span',
      { className: 'media-words' },
      el('b', { dir: 'auto' }, title),
      el('small', {}, details),
    ),
  )

function file({ file_unique_id, file_name, file_size }) {
  const href = `/page/files/${file_unique_id}/${encodeURIComponent(file_name ?? 'file')}`
  return el(
    'a',
    { className: 'plain', href, download: file_name ?? 'file' },
    row(icon('file'), file_name ?? t('document'), size(file_size)),
  )
}

function size(bytes = 0) {
  const units = ['B', 'KB', 'MB']
  const power = Math.min(2, Math.floor(Math.log(Math.max(1, bytes)) / Math.log(1024)))
  return `${Number((bytes / 1024 ** power).toFixed(1))} ${units[power]}`
}

const card = (contact) =>
  el(
    'div',
    { className: 'media' },
    avatar(contact.user_id ?? 0, fullName(contact)),
    el(
      'span',
      { className: 'media-words' },
      el('b', { dir: 'auto' }, fullName(contact)),
      el('a', { href: `tel:${contact.phone_number}` }, contact.phone_number),
    ),
  )

const meta = (message, { isOwn }) =>
  el(
    'span',
    { className: 'meta' },
    message.edit_date ? `${t('edited')} ` : '',
    el('time', {}, clockTime(message.date)),
    isOwn ? icon('checks') : null,
  )

function inlineKeyboard({ message_id, reply_markup }, place, deeds) {
  if (!reply_markup) return null
  const button = (one) =>
    el(
      'button',
      {
        type: 'button',
        className: `${place.waiting.includes(one.callback_data) ? 'waiting' : ''} ${one.style ?? ''}`,
        disabled: one.disabled !== undefined,
        title: one.text,
        onclick: () => deeds.press(message_id, one),
      },
      el('span', { dir: 'auto' }, one.text),
      one.url || one.web_app ? icon('link') : null,
    )
  const rows = reply_markup.inline_keyboard.map((buttons) =>
    el('div', { className: 'row' }, buttons.map(button)),
  )
  return el('div', { className: 'inline-keyboard' }, rows)
}
