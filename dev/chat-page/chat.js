import { act, pressButton, read } from './backend.js'
import { bubble } from './bubble.js'
import { menu, tell, toast } from './dialogs.js'
import { el } from './dom.js'
import { serviceText } from './summary.js'
import { dayName, t } from './texts.js'

const NEAR_BOTTOM_PX = 80

/** The messages of an open chat: kept by id, so that an edit changes one bubble in its place. */
export class Chat {
  #phone
  #shown = new Map()
  #told = new Set()
  #isFresh = true
  element = el('div', { className: 'messages', role: 'log' })

  /** `phone` gives the view, the element for dialogs, and the composer. */
  constructor(phone) {
    this.#phone = phone
  }

  render() {
    const { open } = this.#phone.view
    const isAtBottom = this.#isAtBottom()
    const items = this.#items(open.messages)
    this.#place(items.length > 0 ? items : [{ key: 'empty', make: () => this.#emptyNote() }])
    this.#tellAnswers(open.presses)
    if (isAtBottom || this.#isFresh) this.element.scrollTop = this.element.scrollHeight
    this.#isFresh = false
  }

  #isAtBottom() {
    const { scrollHeight, scrollTop, clientHeight } = this.element
    return scrollHeight - scrollTop - clientHeight < NEAR_BOTTOM_PX
  }

  #emptyNote() {
    const { bot } = this.#phone.view
    return el('div', { className: 'empty' }, el('b', {}, bot.name), el('span', {}, t('empty')))
  }

  /** Bubbles with lines between days; each knows from what it is made. */
  #items(messages) {
    return messages.flatMap((message, index) => {
      const day = dayName(message.date)
      const isNewDay = index === 0 || dayName(messages[index - 1].date) !== day
      const place = this.#standing(messages, index)
      const make = () => bubble(message, place, this.#deeds(message))
      const item = {
        key: String(message.message_id),
        source: JSON.stringify([message, place]),
        make,
      }
      const line = () => el('div', { className: 'service day' }, day)
      return isNewDay ? [{ key: `day ${day}`, source: day, make: line }, item] : [item]
    })
  }

  #standing(messages, index) {
    const { me, open } = this.#phone.view
    const message = messages[index]
    const isOwn = message.from?.id === me.id
    const inGroup = open.line.kind !== 'bot'
    return {
      isOwn,
      showsName: inGroup && !isOwn && !isSameSpeaker(messages[index - 1], message),
      showsAvatar: inGroup && !isOwn,
      isLast: !isSameSpeaker(message, messages[index + 1]),
      waiting: open.presses
        .filter((press) => !press.answer && press.messageId === message.message_id)
        .map(({ data }) => data),
    }
  }

  /** Puts the nodes in order; what has not changed stays as it is. */
  #place(items) {
    const kept = new Map()
    let previous = null
    for (const { key, source, make } of items) {
      const old = this.#shown.get(key)
      const node = old && old.source === source ? old.node : make()
      if (old && old.node !== node) {
        old.node.replaceWith(node)
        node.classList.add('changed')
      }
      const next = previous ? previous.nextSibling : this.element.firstChild
      if (next !== node) this.element.insertBefore(node, next)
      kept.set(key, { source, node })
      previous = node
    }
    for (const [key, { node }] of this.#shown) if (!kept.has(key)) node.remove()
    this.#shown = kept
  }

  #deeds(message) {
    return {
      openMenu: () => this.#openMenu(message),
      scrollTo: (id) => this.#scrollTo(id),
      press: (messageId, button) => this.#press(messageId, button),
      taps: {
        command: (text) => this.#phone.send({ text }),
        link: (href) => this.#openInside(href),
      },
    }
  }

  #scrollTo(id) {
    const node = this.#shown.get(String(id))?.node
    node?.scrollIntoView({ block: 'center', behavior: 'smooth' })
    node?.classList.add('found')
    node?.addEventListener('animationend', () => node.classList.remove('found'), { once: true })
  }

  #openMenu(message) {
    const { element, view, composer } = this.#phone
    const isOwn = message.from?.id === view.me.id
    const ids = { chatId: view.open.line.id, messageId: message.message_id }
    menu(element, [
      { label: t('reply'), picture: 'reply', run: () => composer.replyTo(message) },
      ...(message.text === undefined
        ? []
        : [
            {
              label: t('copy'),
              picture: 'copy',
              run: () => navigator.clipboard?.writeText(message.text),
            },
          ]),
      ...(isOwn && message.text !== undefined
        ? [{ label: t('edit'), picture: 'pencil', run: () => composer.edit(message) }]
        : []),
      {
        label: t('remove'),
        picture: 'close',
        className: 'danger',
        run: () => act('deleteMessage', ids),
      },
    ])
  }

  async #press(messageId, button) {
    const { view, element } = this.#phone
    if (button.callback_data !== undefined) {
      const place = { userId: view.me.id, chatId: view.open.line.id, messageId }
      await pressButton({ ...place, data: button.callback_data })
    } else if (button.copy_text) {
      await navigator.clipboard?.writeText(button.copy_text.text)
      toast(element, button.copy_text.text)
    } else if (button.web_app) await this.openApp(button.web_app.url)
    else if (button.url && !this.#openInside(button.url))
      window.open(button.url, '_blank', 'noopener')
  }

  /** Opens a Mini App as Telegram does: with the signed data of the person behind the `#`. */
  async openApp(url) {
    const { initData } = await read(`/control/init-data?userId=${this.#phone.view.me.id}`)
    const launch = new URLSearchParams({
      tgWebAppData: initData,
      tgWebAppVersion: '9.2',
      tgWebAppPlatform: 'web',
    })
    window.open(`${url}#${launch}`, '_blank', 'noopener')
  }

  /** A link that starts this bot stays in Telegram; says whether it was one. */
  #openInside(href) {
    const { view } = this.#phone
    const [, name, query] = /^https?:\/\/t\.me\/(\w+)\/?(?:\?(.*))?$/i.exec(href) ?? []
    if (name?.toLowerCase() !== view.bot.username.toLowerCase()) return false
    const payload = new URLSearchParams(query).get('start')
    this.#phone.open(view.me.id)
    if (payload !== null)
      void act('say', { userId: view.me.id, chatId: view.me.id, text: `/start ${payload}` })
    return true
  }

  /** Answers that came while the chat is open are told once; older ones were told before. */
  #tellAnswers(presses) {
    for (const { id, answer } of presses) {
      if (!answer || this.#told.has(id)) continue
      this.#told.add(id)
      if (this.#isFresh || answer === 'expired') continue
      if (answer.url) this.#openInside(answer.url)
      if (!answer.text) continue
      if (answer.show_alert) void tell(this.#phone.element, answer.text)
      else toast(this.#phone.element, answer.text)
    }
  }
}

const isSameSpeaker = (a, b) =>
  a !== undefined &&
  b !== undefined &&
  a.from?.id === b.from?.id &&
  !serviceText(a) &&
  !serviceText(b) &&
  dayName(a.date) === dayName(b.date)
