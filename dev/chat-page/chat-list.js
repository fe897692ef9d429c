import { avatar, el, fullName, hash, icon } from './dom.js'
import { summary } from './summary.js'
import { clockTime, t } from './texts.js'

/** A person's chats, the bot's first. */
export const chatList = (view, open) =>
  view.chats.map((line) =>
    item({
      picture: avatar(
        line.kind === 'bot' ? view.bot.id : line.id,
        line.title,
        line.isForum ? 'square' : '',
      ),
      title: line.title,
      mark: line.isForum ? t('topics') : '',
      last: line.last,
      me: view.me,
      onclick: () => open(line.id),
    }),
  )

/** The topics of a forum, General first. */
export function topicList(view, open) {
  const { line } = view.open
  const general = { id: undefined, name: t('general'), isClosed: false, last: line.lastInGeneral }
  return [general, ...line.topics].map((topic) =>
    item({
      picture: hash(topic.id ? topic : undefined),
      title: topic.name,
      closed: topic.isClosed,
      last: topic.last,
      me: view.me,
      onclick: () => open(topic.id ?? 0),
    }),
  )
}

function item({ picture, title, mark = '', closed = false, last, me, onclick }) {
  return el(
    'button',
    { type: 'button', className: 'line', onclick },
    picture,
    el(
      'span',
      { className: 'line-words' },
      el(
        'span',
        { className: 'line-title' },
        el('b', { dir: 'auto' }, title),
        closed ? icon('lock') : null,
        mark ? el('span', { className: 'mark' }, mark) : null,
        el('time', {}, last ? clockTime(last.date) : ''),
      ),
      el(
        'span',
        { className: 'line-last', dir: 'auto' },
        last ? preview(last, me) : t('noMessages'),
      ),
    ),
  )
}

function preview(message, me) {
  const isGroup = message.chat.type !== 'private'
  const name =
    message.from?.id === me.id ? t('you') : isGroup && message.from ? fullName(message.from) : ''
  return name ? `${name}: ${summary(message)}` : summary(message)
}
