import { describe, expect, it } from 'vitest'
import {
  LiveFeed,
  reconnectDelay,
  type SocketEvents,
} from '../../../../../web/src/features/leads/live-feed.ts'

/** A feed whose connections and whose time are in the test's hands. */
function stage() {
  const sockets: (SocketEvents & { sent: string[]; isClosed: boolean })[] = []
  const timers: { ms: number; run: () => void }[] = []
  const heard: string[] = []
  let opened = 0
  let lost = 0
  const feed = new LiveFeed({
    connect(events) {
      const socket = { ...events, sent: new Array<string>(), isClosed: false }
      sockets.push(socket)
      return {
        send: (text) => socket.sent.push(text),
        close: () => {
          socket.isClosed = true
        },
      }
    },
    after(ms, run) {
      const timer = { ms, run }
      timers.push(timer)
      return () => {
        if (timers.includes(timer)) timers.splice(timers.indexOf(timer), 1)
      }
    },
    random: () => 1,
    onMessage: (text) => heard.push(text),
    onOpen: () => {
      opened += 1
    },
    onLost: () => {
      lost += 1
    },
  })
  const last = () => {
    const socket = sockets.at(-1)
    if (!socket) throw new Error('nothing was opened')
    return socket
  }
  return {
    feed,
    sockets,
    heard,
    last,
    delays: () => timers.map(({ ms }) => ms),
    opened: () => opened,
    lost: () => lost,
    /** Lets the one thing happen that the feed waits for. */
    tick: () => timers.shift()?.run(),
  }
}

describe('the live feed', () => {
  it('passes on what it hears, and keeps pongs to itself', () => {
    const { last, heard } = stage()
    last().onOpen()
    last().onMessage('{"type":"lead"}')
    last().onMessage('pong')
    expect(heard).toEqual(['{"type":"lead"}'])
  })

  it('pings after half a minute of silence, and waits for the pong', () => {
    const { last, tick, delays, sockets } = stage()
    last().onOpen()
    expect(delays()).toEqual([30_000])
    tick()
    expect(last().sent).toEqual(['ping'])
    expect(delays()).toEqual([10_000])
    last().onMessage('pong')
    expect(delays()).toEqual([30_000])
    expect(sockets).toHaveLength(1)
  })

  it('opens anew when the pong does not come', () => {
    const { sockets, last, tick } = stage()
    last().onOpen()
    tick()
    tick()
    expect(sockets[0]?.isClosed).toBe(true)
    tick()
    expect(sockets).toHaveLength(2)
  })

  it('waits longer after every failure, and begins anew after a success', () => {
    const { last, tick, delays } = stage()
    last().onClose()
    expect(delays()).toEqual([1_000])
    tick()
    last().onClose()
    expect(delays()).toEqual([2_000])
    tick()
    last().onOpen()
    last().onClose()
    expect(delays()).toEqual([1_000])
  })

  it('says every time it opens that something may have been missed, and when it is lost', () => {
    const { last, tick, opened, lost } = stage()
    last().onOpen()
    last().onClose()
    tick()
    last().onOpen()
    expect([opened(), lost()]).toEqual([2, 1])
  })

  it('tries at once when it is woken, and only when it has no connection', () => {
    const { feed, sockets, last, delays } = stage()
    feed.wake()
    expect(sockets).toHaveLength(1)
    last().onClose()
    feed.wake()
    expect(sockets).toHaveLength(2)
    expect(delays()).toEqual([])
  })

  it('is silent when it is stopped, whatever its connection still says', () => {
    const { feed, last, heard, delays } = stage()
    last().onOpen()
    feed.stop()
    last().onMessage('late')
    last().onClose()
    expect(heard).toEqual([])
    expect(delays()).toEqual([])
    expect(last().isClosed).toBe(true)
  })
})

it('nobody waits longer than a minute, and not all wait alike', () => {
  expect(reconnectDelay(0, 0)).toBe(500)
  expect(reconnectDelay(30, 1)).toBe(60_000)
  expect(reconnectDelay(30, 0)).toBe(30_000)
})
