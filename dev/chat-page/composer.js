import { openAttachments, openStickers, sendPlace, shareContact } from './attach.js'
import { act } from './backend.js'
import { menu } from './dialogs.js'
import { el, fullName, icon, iconButton, renderWhenChanged } from './dom.js'
import { obstacleNodes, replyKeyboard } from './keys.js'
import { summary } from './summary.js'
import { t } from './texts.js'

/** Where somebody writes: the field, the keyboards, or what keeps them from writing. */
export class Composer {
  #phone
  #answered = null
  #edited = null
  #isKeyboardHidden = false
  #keyboardFrom = 0
  #field = el('textarea', {
    rows: 1,
    placeholder: t('message'),
    ariaLabel: t('message'),
    dir: 'auto',
    maxLength: 4096,
    oninput: () => this.#grow(),
    onkeydown: (event) => this.#onKey(event),
  })
  #context = el('div', { className: 'context', hidden: true })
  #left = el('div', { className: 'tools' })
  #right = el('div', { className: 'tools' })
  #keyboard = el('div', { className: 'keyboard', hidden: true })
  #obstacle = el('div', { className: 'obstacle', hidden: true })
  #line = el('div', { className: 'composer-line' }, this.#left, this.#field, this.#right)
  element = el(
    'footer',
    { className: 'composer' },
    this.#context,
    this.#obstacle,
    this.#line,
    this.#keyboard,
  )

  constructor(phone) {
    this.#phone = phone
  }

  render() {
    const { open, me } = this.#phone.view
    if (open.keyboardFrom !== this.#keyboardFrom) {
      this.#keyboardFrom = open.keyboardFrom
      this.#isKeyboardHidden = false
    }
    const { obstacle, commands, menuButton, keyboard } = open
    this.#line.hidden = obstacle !== null
    this.#obstacle.hidden = obstacle === null
    renderWhenChanged(this.#obstacle, [obstacle, open.migratedTo, me.id], () =>
      obstacleNodes(obstacle, this.#deeds()),
    )
    renderWhenChanged(this.#left, [menuButton, commands.length], () =>
      this.#leftTools(menuButton, commands),
    )
    renderWhenChanged(this.#right, [keyboard !== null], () => this.#rightTools(keyboard))
    this.#keyboard.hidden = keyboard === null || this.#isKeyboardHidden || obstacle !== null
    renderWhenChanged(this.#keyboard, keyboard, () =>
      replyKeyboard(keyboard, (button) => this.#pressKey(button)),
    )
    this.#field.placeholder = keyboard?.input_field_placeholder ?? t('message')
  }

  replyTo(message) {
    this.#setContext('reply', message.from ? fullName(message.from) : '', summary(message))
    this.#answered = message
    this.#field.focus()
  }

  edit(message) {
    this.#setContext('pencil', t('editing'), message.text)
    this.#edited = message
    this.#field.value = message.text
    this.#grow()
    this.#field.focus()
  }

  #setContext(picture, title, text) {
    this.#answered = null
    this.#edited = null
    this.#context.hidden = false
    this.#context.replaceChildren(
      icon(picture),
      el('span', {}, el('b', { dir: 'auto' }, title), el('span', { dir: 'auto' }, text)),
      iconButton('close', t('close'), () => this.#dropContext()),
    )
  }

  #dropContext() {
    if (this.#edited) this.#field.value = ''
    this.#answered = null
    this.#edited = null
    this.#context.hidden = true
    this.#grow()
  }

  #leftTools(menuButton, commands) {
    if (menuButton.type === 'web_app') {
      const open = () => this.#phone.openApp(menuButton.web_app.url)
      return [el('button', { type: 'button', className: 'app', onclick: open }, menuButton.text)]
    }
    if (commands.length === 0) return []
    return [iconButton('slash', t('commands'), () => this.#openCommands())]
  }

  #rightTools(keyboard) {
    const toggle = () => {
      this.#isKeyboardHidden = !this.#isKeyboardHidden
      this.#keyboard.hidden = this.#isKeyboardHidden
    }
    return [
      keyboard ? iconButton('keyboard', t('keyboard'), toggle) : null,
      iconButton('smile', t('stickers'), () => openStickers(this.#phone), 'quiet'),
      iconButton('attach', t('attach'), () => openAttachments(this.#phone), 'quiet'),
      iconButton('send', t('send'), () => this.#sendText(), 'primary'),
    ].filter(Boolean)
  }

  #deeds() {
    const { view } = this.#phone
    return {
      start: () => this.#phone.send({ text: this.#phone.startText }),
      unblock: () => act('unblock', { userId: view.me.id }),
      openNew: () => this.#phone.open(view.open.migratedTo),
    }
  }

  async #pressKey(button) {
    if (this.#phone.view.open.keyboard?.one_time_keyboard) {
      this.#isKeyboardHidden = true
      this.#keyboard.hidden = true
    }
    if (button.request_contact) await shareContact(this.#phone)
    else if (button.request_location) await sendPlace(this.#phone)
    else if (button.web_app) window.open(button.web_app.url, '_blank', 'noopener')
    else await this.#phone.send({ text: button.text })
  }

  #openCommands() {
    const item = ({ command, description }) => ({
      label: el('span', {}, el('b', {}, `/${command}`), ' ', description),
      run: () => this.#phone.send({ text: `/${command}` }),
    })
    menu(this.#phone.element, this.#phone.view.open.commands.map(item))
  }

  async #sendText() {
    const text = this.#field.value.trim()
    if (text === '') return
    if (this.#edited) {
      const { chat, message_id: messageId } = this.#edited
      await act('edit', { userId: this.#phone.view.me.id, chatId: chat.id, messageId, text })
    } else {
      const replyTo = this.#answered ? { replyTo: this.#answered.message_id } : {}
      await this.#phone.send({ text, ...replyTo })
    }
    this.#field.value = ''
    this.#dropContext()
  }

  #onKey(event) {
    if (event.key === 'Escape') this.#dropContext()
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return
    event.preventDefault()
    void this.#sendText()
  }

  #grow() {
    this.#field.style.height = 'auto'
    this.#field.style.height = `${Math.min(this.#field.scrollHeight, 140)}px`
  }
}
