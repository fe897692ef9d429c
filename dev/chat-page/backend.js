import { showTrouble } from './dialogs.js'

async function request(path, init) {
  const response = await fetch(path, init)
  const body = await response.json()
  if (!response.ok) throw new Error(body.error ?? response.statusText)
  return body
}

const send = (method, path, body) =>
  request(path, {
    method,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })

/** Reads something of the stand-in. */
export const read = (path) => request(path)

/** Does what a person does; trouble is shown to them. */
export async function act(name, body) {
  try {
    return (await send('POST', `/control/${name}`, body)).result
  } catch (error) {
    showTrouble(error.message)
    throw error
  }
}

/** Presses an inline button; its answer comes with the view of the chat. */
export const pressButton = (body) => send('POST', '/page/press', body)

/** Begins the rush of leads; counting begins anew with it. */
export const startRush = () => send('POST', '/page/rush', {})
export const countAnew = () => send('POST', '/page/count-anew', {})

export const setSwitches = (changes) => send('PATCH', '/control/switches', changes)
export const addFault = (fault) => send('POST', '/control/faults', fault)
export const removeFault = (id) => request(`/control/faults/${id}`, { method: 'DELETE' })

/** Calls `changed` after every change of the stand-in, and `online` when it goes and comes back. */
export function watch(changed, online) {
  const events = new EventSource('/page/events')
  events.addEventListener('changed', changed)
  events.addEventListener('open', () => {
    online(true)
    changed()
  })
  events.addEventListener('error', () => online(false))
}

/** A file of somebody's device, as the control API takes it. */
export async function fileToSend(file) {
  const bytes = new Uint8Array(await file.arrayBuffer())
  let text = ''
  for (let at = 0; at < bytes.length; at += 32_768) {
    text += String.fromCodePoint(...bytes.subarray(at, at + 32_768))
  }
  return { name: file.name, bytes: btoa(text) }
}
