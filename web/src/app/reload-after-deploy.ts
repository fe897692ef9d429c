const KEY = 'targetbot.reloaded'
const ONCE_IN_MS = 60_000

/**
 * A page that was open during a deploy asks for files that are gone: it is loaded anew, once in a
 * while, so that a file that is really missing does not reload it for ever.
 */
export function reloadAfterDeploy(): void {
  addEventListener('vite:preloadError', (event) => {
    const last = Number(sessionStorage.getItem(KEY) ?? 0)
    if (Date.now() - last < ONCE_IN_MS) return
    event.preventDefault()
    sessionStorage.setItem(KEY, String(Date.now()))
    location.reload()
  })
}
