/** A person's browser as far as a script needs one: it keeps cookies and says where it comes from. */
export class PortalClient {
  readonly #worker: string
  readonly #cookies = new Map<string, string>()

  constructor(worker: string) {
    this.#worker = worker
  }

  /** Opens an address of the Worker's or elsewhere, without following where it leads. */
  async open(url: string, init: RequestInit = {}): Promise<Response> {
    const target = new URL(url, this.#worker)
    const headers = new Headers(init.headers)
    if (target.origin === this.#worker) {
      headers.set(
        'cookie',
        [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; '),
      )
      headers.set('sec-fetch-site', 'same-origin')
    }
    const response = await fetch(target, { ...init, headers, redirect: 'manual' })
    for (const cookie of response.headers.getSetCookie()) {
      const [pair = ''] = cookie.split(';')
      const cut = pair.indexOf('=')
      this.#cookies.set(pair.slice(0, cut), pair.slice(cut + 1))
    }
    return response
  }

  /** Signs in by the personal link that the bot has sent. */
  async enter(link: string): Promise<void> {
    const response = await this.open(link)
    const to = response.headers.get('location') ?? ''
    if (response.status !== 302 || to.includes('problem')) throw new Error(`${link} opened nothing`)
  }

  /** Calls the API and gives what it answers; throws what it refuses. */
  async api(method: string, path: string, body?: unknown): Promise<unknown> {
    const response = await this.open(`/api${path}`, {
      method,
      ...(body === undefined
        ? {}
        : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    })
    const answer = response.status === 204 ? null : await response.json()
    if (!response.ok)
      throw new Error(`${method} ${path}: ${response.status} ${JSON.stringify(answer)}`)
    return answer
  }

  /**
   * Goes through Meta's dialog, whose Continue button presses itself, and gives where it ended.
   * With a code the dialog is not even opened.
   */
  async connectMeta({ code }: { code?: string } = {}): Promise<string> {
    const begun = await this.open('/meta/connect')
    const dialog = new URL(begun.headers.get('location') ?? '', this.#worker)
    if (!dialog.pathname.endsWith('/dialog/oauth')) return dialog.pathname + dialog.search
    if (code !== undefined) {
      const state = dialog.searchParams.get('state') ?? ''
      const query = new URLSearchParams({ code, state }).toString()
      return (await this.open(`/meta/callback?${query}`)).headers.get('location') ?? ''
    }
    dialog.searchParams.set('auto', '1')
    const allowed = await this.open(dialog.toString())
    const finished = await this.open(allowed.headers.get('location') ?? '')
    return finished.headers.get('location') ?? ''
  }
}
