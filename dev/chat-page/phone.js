import { act, read } from './backend.js'
import { Chat } from './chat.js'
import { chatList, topicList } from './chat-list.js'
import { Composer } from './composer.js'
import { menu } from './dialogs.js'
import { avatar, el, fullName, hash, iconButton, renderWhenChanged } from './dom.js'
import { t } from './texts.js'

/** The phone of one person: the list of chats, the topics of a forum, or an open chat. */
export class Phone {
  #userId
  #chatId
  #threadId
  #chat
  #isLoading = false
  #isStale = false
  #onMove
  #top = el('header', { className: 'top' })
  #list = el('div', { className: 'list' })
  #body = el('div', { className: 'body' })
  element
  composer
  view
  startText

  /** `threadId` 0 is General; a forum without one shows its topics. `onMove` hears where the phone is. */
  constructor({ userId, name, chatId, threadId, payload, onMove }) {
    this.#userId = userId
    this.#chatId = chatId
    this.#threadId = threadId
    this.#onMove = onMove
    this.startText = payload ? `/start ${payload}` : '/start'
    this.element = el(
      'section',
      { className: 'phone', ariaLabel: t('phoneOf', { name }) },
      this.#top,
      this.#body,
    )
    this.#enter()
  }

  get place() {
    return { userId: this.#userId, chatId: this.#chatId, threadId: this.#threadId }
  }

  open(chatId, threadId) {
    this.#chatId = chatId
    this.#threadId = threadId
    this.view = undefined
    this.#enter()
    this.#onMove()
    void this.refresh()
  }

  openApp(url) {
    return this.#chat.openApp(url)
  }

  /** Sends something from here, in the topic that is open. */
  send(saying) {
    const thread = this.#threadId ? { threadId: this.#threadId } : {}
    return act('say', { userId: this.#userId, chatId: this.#chatId, ...thread, ...saying })
  }

  /** Asks what there is to see; changes that come meanwhile make it ask once more. */
  async refresh() {
    if (this.#isLoading) {
      this.#isStale = true
      return
    }
    this.#isLoading = true
    const { chatId, threadId } = this.place
    const view = await this.#load()
    this.#isLoading = false
    if (this.#chatId !== chatId || this.#threadId !== threadId) this.#isStale = true
    else if (view) this.#render(view)
    if (!this.#isStale) return
    this.#isStale = false
    await this.refresh()
  }

  async #load() {
    const query = new URLSearchParams({ as: this.#userId })
    if (this.#chatId !== undefined) query.set('chat', this.#chatId)
    if (this.#threadId) query.set('thread', this.#threadId)
    try {
      return await read(`/page/view?${query}`)
    } catch {
      // The page says by itself that the stand-in is away, and asks again when it is back.
      return undefined
    }
  }

  #enter() {
    this.#chat = new Chat(this)
    this.composer = new Composer(this)
    this.#body.replaceChildren()
  }

  #render(view) {
    this.view = view
    if (this.#chatId !== undefined && !view.open) return this.open(undefined)
    const isForumList = view.open?.line.isForum && this.#threadId === undefined
    renderWhenChanged(
      this.#top,
      [view.me, view.open?.line, view.open?.memberCount, this.#threadId],
      () => this.#topNodes(),
    )
    if (!view.open) return this.#renderList(view.chats, () => chatList(view, (id) => this.open(id)))
    if (isForumList) {
      return this.#renderList(view.open.line, () =>
        topicList(view, (id) => this.open(this.#chatId, id)),
      )
    }
    if (!this.#chat.element.isConnected)
      this.#body.replaceChildren(this.#chat.element, this.composer.element)
    this.#chat.render()
    this.composer.render()
  }

  #renderList(source, makeLines) {
    if (!this.#list.isConnected) this.#body.replaceChildren(this.#list)
    renderWhenChanged(this.#list, source, () => {
      const lines = makeLines()
      return lines.length > 0 ? lines : [el('div', { className: 'empty' }, t('emptyChats'))]
    })
  }

  #topNodes() {
    const { me, open } = this.view
    if (!open) {
      const own = avatar(me.id, fullName(me), 'small')
      return [own, this.#title(fullName(me), me.username ? `@${me.username}` : t('chats'))]
    }
    return [
      iconButton('back', t('back'), () => this.#back()),
      this.#picture(open.line),
      this.#title(...this.#chatTitle(open)),
      open.line.kind === 'bot' ? iconButton('more', t('more'), () => this.#openMenu()) : '',
    ]
  }

  #picture({ kind, id, title, isForum, topics }) {
    if (kind === 'bot') return avatar(this.view.bot.id, title, 'small')
    if (!isForum || this.#threadId === undefined) return avatar(id, title, 'small')
    return hash(topics.find((topic) => topic.id === this.#threadId))
  }

  #chatTitle({ line, memberCount }) {
    if (line.kind === 'bot') return [line.title, t('bot')]
    if (!line.isForum || this.#threadId === undefined)
      return [line.title, t('members', { n: memberCount })]
    const topic = line.topics.find(({ id }) => id === this.#threadId)
    return [topic?.name ?? t('general'), line.title]
  }

  #title = (title, subtitle) =>
    el(
      'span',
      { className: 'title' },
      el('b', { dir: 'auto' }, title),
      el('small', { dir: 'auto' }, subtitle),
    )

  #back() {
    const isInTopic = this.view.open.line.isForum && this.#threadId !== undefined
    this.open(isInTopic ? this.#chatId : undefined)
  }

  #openMenu() {
    const { me } = this.view
    const deed = me.hasBlocked ? 'unblock' : 'block'
    menu(this.element, [
      {
        label: t(deed),
        picture: 'lock',
        className: 'danger',
        run: () => act(deed, { userId: me.id }),
      },
    ])
  }
}
