/** A connection that was begun. */
export interface Socket {
  send(text: string): void
  close(): void
}

/** What a connection tells of itself. */
export interface SocketEvents {
  onOpen(): void
  onMessage(text: string): void
  onClose(): void
}

export interface LiveFeedDeps {
  connect(events: SocketEvents): Socket
  /** Runs something later; returns how to forget it. */
  after(ms: number, run: () => void): () => void
  /** Between 0 and 1. */
  random(): number
  onMessage(text: string): void
  /** The feed is open, and something may have been missed before. */
  onOpen(): void
  /** The feed is closed, for a while or for good. */
  onLost(): void
}

const PING_EVERY_MS = 30_000
const PONG_WITHIN_MS = 10_000
const FIRST_DELAY_MS = 1_000
const LONGEST_DELAY_MS = 60_000

/** How long to wait before trying again: longer each time, and not all portals at one moment. */
export function reconnectDelay(attempt: number, random: number): number {
  const longest = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** attempt)
  return longest / 2 + (longest / 2) * random
}

/** A feed that is kept open until it is stopped. */
export class LiveFeed {
  readonly #deps: LiveFeedDeps
  #socket: Socket | null = null
  #attempt = 0
  #forget: () => void = () => undefined

  constructor(deps: LiveFeedDeps) {
    this.#deps = deps
    this.#open()
  }

  /** Tries at once when it is waiting to: the network is back, or the person is. */
  wake(): void {
    if (this.#socket) return
    this.#forget()
    this.#open()
  }

  stop(): void {
    this.#forget()
    this.#drop()
  }

  #open(): void {
    const ifCurrent = (run: () => void) => {
      if (this.#socket === socket) run()
    }
    const socket = this.#deps.connect({
      onOpen: () => ifCurrent(() => this.#begin()),
      onMessage: (text) => ifCurrent(() => this.#hear(text)),
      onClose: () => ifCurrent(() => this.#openLater()),
    })
    this.#socket = socket
  }

  #begin(): void {
    this.#attempt = 0
    this.#pingLater()
    this.#deps.onOpen()
  }

  #hear(text: string): void {
    this.#pingLater()
    if (text !== 'pong') this.#deps.onMessage(text)
  }

  #pingLater(): void {
    this.#forget()
    this.#forget = this.#deps.after(PING_EVERY_MS, () => {
      this.#socket?.send('ping')
      // A connection may be dead without having been closed: a phone slept, a router forgot it.
      this.#forget = this.#deps.after(PONG_WITHIN_MS, () => this.#openLater())
    })
  }

  #openLater(): void {
    this.#forget()
    this.#drop()
    const delay = reconnectDelay(this.#attempt, this.#deps.random())
    this.#attempt += 1
    this.#forget = this.#deps.after(delay, () => this.#open())
  }

  #drop(): void {
    const socket = this.#socket
    this.#socket = null
    if (!socket) return
    socket.close()
    this.#deps.onLost()
  }
}
