import { read, watch } from './backend.js'
import { avatar, el, fullName, icon, renderWhenChanged } from './dom.js'
import { Panel } from './panel.js'
import { Phone } from './phone.js'
import { Strip } from './strip.js'
import { language, t } from './texts.js'

const PHONE_WIDTH_PX = 420
/** Numbers of a minute change by themselves: while they are looked at, they are asked for anew. */
const GAUGE_MS = 1000
const bar = document.querySelector('.bar')
const stage = document.querySelector('.phones')
const people = el('nav', { className: 'people', ariaLabel: t('people') })
const badge = el('span', { className: 'badge', hidden: true })
const offline = el('div', { className: 'offline', role: 'status', hidden: true }, t('offline'))
const panel = new Panel()
const strip = new Strip()

let everybody = []
let phones = []

document.documentElement.lang = language
bar.append(
  people,
  el(
    'button',
    { type: 'button', className: 'panel-button', onclick: () => panel.toggle() },
    icon('settings'),
    el('span', {}, t('panel')),
    badge,
  ),
)
bar.after(strip.element)
stage.after(panel.element)
document.body.append(offline)
setInterval(() => panel.isOpen && void refreshState(), GAUGE_MS)

const isNarrow = () => innerWidth < 2 * PHONE_WIDTH_PX
const isShown = (userId) => phones.some((phone) => phone.place.userId === userId)

/** `?as=7&chat=-100…&thread=5` says who is looked at and where; repeated, for several phones. */
function placesFromAddress() {
  const query = new URLSearchParams(location.search)
  const [chats, threads] = [query.getAll('chat'), query.getAll('thread')]
  return query.getAll('as').map((userId, index) => ({
    userId: Number(userId),
    chatId: chats[index] ? Number(chats[index]) : undefined,
    threadId: threads[index] ? Number(threads[index]) : undefined,
    payload: query.get('start') ?? '',
  }))
}

function writeAddress() {
  const query = new URLSearchParams()
  for (const { place } of phones) {
    query.append('as', place.userId)
    query.append('chat', place.chatId ?? '')
    query.append('thread', place.threadId ?? '')
  }
  history.replaceState(null, '', `?${query}`)
}

function addPhone(place) {
  const person = everybody.find(({ id }) => id === place.userId)
  if (!person) return
  const phone = new Phone({ ...place, name: fullName(person), onMove: writeAddress })
  phones.push(phone)
  stage.append(phone.element)
  void phone.refresh()
}

function removePhone(userId) {
  for (const phone of phones.filter(({ place }) => place.userId === userId)) phone.element.remove()
  phones = phones.filter(({ place }) => place.userId !== userId)
}

const homeOf = ({ id, home }) => ({ userId: id, ...home, payload: '' })

/** On a phone there is room for one person; on a desk each tap adds or takes away a phone. */
function choose(userId) {
  if (isNarrow()) for (const { id } of everybody) removePhone(id)
  if (isShown(userId)) removePhone(userId)
  else addPhone(homeOf(everybody.find(({ id }) => id === userId)))
  writeAddress()
  renderPeople()
}

function renderPeople() {
  const shown = phones.map(({ place }) => place.userId)
  const isNew = renderWhenChanged(people, [everybody, shown], () =>
    everybody.map((person) =>
      el(
        'button',
        {
          type: 'button',
          className: 'person',
          aria: { pressed: String(isShown(person.id)) },
          onclick: () => choose(person.id),
        },
        avatar(person.id, fullName(person), 'small'),
        el(
          'span',
          { className: 'who' },
          el('span', { dir: 'auto' }, fullName(person)),
          person.note ? el('small', { dir: 'auto' }, person.note) : null,
        ),
      ),
    ),
  )
  if (isNew) people.querySelector('[aria-pressed=true]')?.scrollIntoView({ inline: 'nearest' })
}

function fillStage() {
  const wanted = placesFromAddress().filter(({ userId }) =>
    everybody.some(({ id }) => id === userId),
  )
  const fitting = Math.max(1, Math.floor(innerWidth / PHONE_WIDTH_PX))
  const byDefault = everybody.slice(0, fitting).map(homeOf)
  stage.replaceChildren()
  const places = wanted.length > 0 ? wanted : byDefault
  for (const place of isNarrow() ? places.slice(0, 1) : places) addPhone(place)
}

async function refreshState() {
  const state = await readState()
  if (!state) return false
  everybody = state.people
  panel.render(state)
  strip.render(state)
  badge.hidden = panel.troubleCount === 0
  badge.textContent = String(panel.troubleCount)
  return true
}

async function refresh() {
  if (!(await refreshState())) return
  if (!hasStarted && everybody.length > 0) {
    hasStarted = true
    fillStage()
  }
  renderPeople()
  if (everybody.length === 0) showNobody()
  await Promise.all(phones.map((phone) => phone.refresh()))
}

async function readState() {
  try {
    return await read('/page/state')
  } catch {
    // The line about the stand-in being away is already there.
    return undefined
  }
}

function showNobody() {
  stage.replaceChildren(
    el('div', { className: 'empty' }, el('b', {}, t('nobody')), el('span', {}, t('nobodyHint'))),
  )
}

let hasStarted = false
let isBusy = false
let isStale = false

/** Many changes come in a row: one look at a time, and one more for what came meanwhile. */
async function refreshSoon() {
  isStale = true
  if (isBusy) return
  isBusy = true
  while (isStale) {
    isStale = false
    await refresh()
  }
  isBusy = false
}

watch(refreshSoon, (isOnline) => {
  offline.hidden = isOnline
})
