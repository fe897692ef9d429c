const LINK_HOST =
  /^(?:[a-z]+:\/\/)?(?:[^/?#]*@)?(?<host>[^/?#:]*|\[[^\]]*\])(?::(?<port>[^/?#]*))?(?:[/?#]|$)/i

/** The person in `tg://user?id=…`, who is mentioned rather than linked to. */
export function linkedUserId(link: string): number | undefined {
  const id = /^tg:(?:\/\/)?user\?id=(\d+)/i.exec(link)?.[1]
  return id === undefined ? undefined : Number(id)
}

/**
 * The link as Telegram stores it, or why Telegram refuses it.
 * The host must have a dot, so `http://localhost` is refused and `http://127.0.0.1` is not.
 */
export function checkLink(
  link: string,
  { httpsOnly = false } = {},
): { url: string } | { problem: string } {
  if (/^(?:tg|ton|tonsite):/i.test(link)) {
    return httpsOnly ? { problem: 'Only HTTPS links are allowed' } : { url: link }
  }
  const scheme = /^([a-z]+):\/\//i.exec(link)?.[1]?.toLowerCase()
  if (scheme && scheme !== 'http' && scheme !== 'https') {
    return { problem: 'Unsupported URL protocol' }
  }
  const { host = '', port } = LINK_HOST.exec(link)?.groups ?? {}
  if (port !== undefined && !(Number(port) > 0 && Number(port) <= 65_535)) {
    return { problem: 'Wrong port number specified in the URL' }
  }
  if (host === '') return { problem: 'URL host is empty' }
  if (/[\s<>"{}|\\^`#]/.test(host)) return { problem: 'Disallowed character in URL host' }
  if (httpsOnly && scheme !== 'https') return { problem: 'Only HTTPS links are allowed' }
  if (!host.includes('.') && !host.startsWith('[')) return { problem: 'Wrong HTTP URL' }
  return { url: canonical(link, scheme) }
}

/** Telegram adds the scheme and the slash after the host, and lowers the host. */
function canonical(link: string, scheme: string | undefined): string {
  const [, authority = '', rest = ''] =
    /^(?:[a-z]+:\/\/)?([^/?#]*)(.*)$/is.exec(link.trimEnd()) ?? []
  const path = rest.startsWith('/') ? rest : `/${rest}`
  return `${scheme ?? 'http'}://${authority.toLowerCase()}${path.replace(/\s/g, encodeURIComponent)}`
}
