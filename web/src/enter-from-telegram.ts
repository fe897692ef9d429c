/**
 * Opened as a Mini App, the portal finds in its address what Telegram has signed, and trades it for a
 * session. Whatever comes of it, the address forgets it.
 */
export async function enterFromTelegram(): Promise<void> {
  const initData = new URLSearchParams(location.hash.slice(1)).get('tgWebAppData')
  if (!initData) return
  history.replaceState(history.state, '', location.pathname + location.search)
  try {
    await fetch('/portal/enter', { method: 'POST', body: new URLSearchParams({ initData }) })
  } catch {
    // Without a session the portal says how to come in.
  }
}
