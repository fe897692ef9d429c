import { DurableObject } from 'cloudflare:workers'
import type { LeadData } from '../../src/lead.ts'

/** The live feed of one project: whoever watches hears of every change of a lead. */
export class Board extends DurableObject<Env> {
  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env)
    ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair('ping', 'pong'))
  }

  /** Opens a feed; who may watch was decided before. */
  override async fetch(): Promise<Response> {
    const { 0: client, 1: server } = new WebSocketPair()
    this.ctx.acceptWebSocket(server)
    return new Response(null, { status: 101, webSocket: client })
  }

  /** Sends leads as they are now to everybody who watches. */
  async publish(leads: LeadData[]): Promise<void> {
    const watchers = this.ctx.getWebSockets()
    if (watchers.length === 0) return
    for (const news of leads.map((lead) => JSON.stringify({ type: 'lead', lead }))) {
      for (const watcher of watchers) send(watcher, news)
    }
  }
}

function send(watcher: WebSocket, news: string): void {
  try {
    watcher.send(news)
  } catch {
    // It has just gone; it reads the list again when it comes back.
  }
}
