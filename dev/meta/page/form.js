const form = document.querySelector('#form')
const steps = [...form.querySelectorAll('.step')]
const progress = document.querySelector('#progress')
const back = document.querySelector('#back')
const next = document.querySelector('#next')
const problem = document.querySelector('#problem')
const LAST = steps.length - 2
let current = 0

function show(index) {
  current = index
  for (const [nth, step] of steps.entries()) step.hidden = nth !== index
  progress.value = index + 1
  back.hidden = index === 0 || index > LAST
  next.hidden = index > LAST
  next.textContent = index === LAST ? 'Отправить' : 'Далее'
  tell('')
  form.closest('.phone').scrollTop = 0
}

function tell(text) {
  problem.textContent = text
  problem.hidden = text === ''
}

function firstProblem(step) {
  for (const fieldset of step.querySelectorAll('fieldset')) {
    if (!fieldset.querySelector(':checked')) {
      return `Ответьте: ${fieldset.querySelector('legend').textContent}`
    }
  }
  const input = [...step.querySelectorAll('input')].find((input) => !input.checkValidity())
  if (!input) return ''
  input.focus()
  return input.name === 'consent' ? 'Без согласия отправить нельзя' : input.validationMessage
}

function answers() {
  const byName = new Map()
  for (const input of form.querySelectorAll('[data-answer]')) {
    const values = byName.get(input.name) ?? []
    byName.set(input.name, values)
    const picked = input.type === 'radio' || input.type === 'checkbox' ? input.checked : true
    if (picked && input.value.trim() !== '') values.push(input.value.trim())
  }
  return [...byName].map(([name, values]) => ({ name, values }))
}

function disclaimers() {
  return [...form.querySelectorAll('[data-disclaimer]')].map((input) => ({
    checkbox_key: input.dataset.disclaimer,
    is_checked: input.checked ? '1' : '',
  }))
}

async function send() {
  const { control, form: formId } = document.body.dataset
  next.disabled = true
  try {
    const response = await fetch(`${control}/submit-lead`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ formId, field_data: answers(), disclaimers: disclaimers() }),
    })
    const result = await response.json()
    if (!response.ok) throw new Error(result.error)
    describe(result)
    show(LAST + 1)
  } catch (error) {
    tell(`Не отправлено: ${error.message}`)
  } finally {
    next.disabled = false
  }
}

function describe({ leadIds, deliveries }) {
  const [delivery] = deliveries
  const news = !delivery
    ? 'не ушло: страница не подписана, подключите Meta'
    : delivery.status === 'accepted'
      ? 'принято'
      : `не принято (${delivery.lastAnswer}), Meta повторит`
  const rows = { 'Номер заявки': leadIds[0], Уведомление: news }
  document.querySelector('#outcome').replaceChildren(
    ...Object.entries(rows).flatMap(([name, value]) => {
      const [dt, dd] = [document.createElement('dt'), document.createElement('dd')]
      dt.textContent = name
      dd.textContent = value
      return [dt, dd]
    }),
  )
  document.dispatchEvent(new CustomEvent('lead-sent', { detail: { leadIds, deliveries } }))
}

back.addEventListener('click', () => show(current - 1))
form.addEventListener('submit', (event) => {
  event.preventDefault()
  const found = firstProblem(steps[current])
  if (found) tell(found)
  else if (current < LAST) show(current + 1)
  else void send()
})
form.addEventListener('input', () => tell(''))
show(0)
