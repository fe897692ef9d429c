const { control, form: formId } = document.body.dataset
const log = document.querySelector('#log')
const facts = document.querySelector('#facts')
const exchange = document.querySelector('#exchange')
const account = document.querySelector('#account')
let lastLeadIds = []

async function call(command, body = {}) {
  const response = await fetch(`${control}/${command}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  const result = await response.json()
  if (!response.ok) throw new Error(result.error)
  return result
}

const send = (options) => call('send-webhook', { leadIds: lastLeadIds, ...options })

const ACTIONS = {
  many: () => call('submit-lead', { formId, count: 10 }),
  copies: () => send({ copies: 2 }),
  numbers: () => send({ ids: 'numbers' }),
  broken: () => send({ malformed: [null, {}, { leadgen_id: true }, 'x'] }),
  forged: () => send({ signature: 'wrong' }),
  ping: () => call('ping'),
  kill: () => call('kill-token', { subcode: Number(document.querySelector('#death').value) }),
  data: () => call('expire-data-access'),
  throttle: () => call('throttle', { code: 4, minutes: 5 }),
  outage: () => call('add-fault', { forMs: 60_000, kind: { is: 'html', status: 502 } }),
  heal: async () => {
    await call('clear-faults')
    return call('clear-throttle')
  },
}
const NEED_LEAD = new Set(['copies', 'numbers', 'broken', 'forged'])

function describe(label, { leadIds = [], deliveries }) {
  if (!deliveries) return `${label}: сделано`
  if (deliveries.length === 0) return `${label}: уведомление не ушло, страница не подписана`
  const counted = leadIds.length > 1 ? `заявок ${leadIds.length}, ` : ''
  const answers = deliveries.map(({ lastAnswer }) => lastAnswer).join(', ')
  return `${label}: ${counted}ответ ${answers}`
}

function note(text, bad = false) {
  const item = document.createElement('li')
  item.textContent = text
  item.classList.toggle('bad', bad)
  log.prepend(item)
}

async function refresh() {
  const response = await fetch(`${control}/state`)
  const state = await response.json()
  exchange.value = state.exchange.mode
  account.value = state.accountStatuses[account.dataset.id] ?? 1
  const alive = state.tokens.filter(({ problem }) => !problem).length
  facts.textContent = [
    state.callbackUrl ? `Вебхук: ${state.callbackUrl}` : 'Вебхук не задан',
    `Подписано страниц: ${state.subscribedPages.length}`,
    `Живых токенов: ${alive} из ${state.tokens.length}`,
  ].join(' · ')
  lastLeadIds = state.deliveries.findLast(({ leadIds }) => leadIds.length > 0)?.leadIds ?? []
}

async function act(label, run) {
  try {
    note(describe(label, await run()))
    await refresh()
  } catch (error) {
    note(`${label}: ${error.message}`, true)
  }
}

async function press(button) {
  const { do: name } = button.dataset
  const label = button.textContent
  if (NEED_LEAD.has(name) && lastLeadIds.length === 0) {
    note(`${label}: сначала отправьте заявку`, true)
    return
  }
  button.disabled = true
  await act(label, ACTIONS[name])
  button.disabled = false
}

for (const button of document.querySelectorAll('[data-do]')) {
  button.addEventListener('click', () => void press(button))
}
exchange.addEventListener('change', () => {
  void act('Обмен токена', () => call('exchange-mode', { mode: exchange.value }))
})
account.addEventListener('change', () => {
  const change = { account_status: Number(account.value) }
  void act('Рекламный аккаунт', () => call('set-account', { id: account.dataset.id, change }))
})
document.addEventListener('lead-sent', ({ detail }) => void act('Заявка', () => detail))
void refresh()
