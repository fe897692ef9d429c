import { html } from 'hono/html'
import { person } from '../world/people.ts'
import type { Form, Page, Question } from '../world/pages.ts'
import { frame } from './frame.ts'
import type { Place } from './routes.ts'

interface FormView {
  form: Form
  page: Page
  /** Whose profile fills in the contacts. */
  luck: number
}

/** An instant form: questions, contacts from the profile, consent, thanks. */
export function formPage({ form, page, luck }: FormView, place: Place) {
  const contacts = form.questions.filter(({ type }) => type !== 'CUSTOM')
  const custom = form.questions.filter(({ type }) => type === 'CUSTOM')
  const who = person(form.locale, luck)
  const screen = html`<form id="form" class="instant" novalidate>
    <div class="cover tone-${form.id.slice(-1)}">
      <a class="close" href="${place.forms}" aria-label="Закрыть">×</a>
      <progress id="progress" max="4" value="1" aria-label="Шаг"></progress>
    </div>
    <div class="page-name">
      <span class="avatar" aria-hidden="true">${page.name.slice(0, 1)}</span>
      <span><b>${page.name}</b><small>${page.motto}</small></span>
    </div>
    <section class="step">
      <h1>${form.headline}</h1>
      <p class="lead">${form.intro}</p>
      <p class="hint">Данные получит только «${page.name}». Это займёт меньше минуты.</p>
    </section>
    <section class="step" hidden>
      <h2>Вопросы</h2>
      ${custom.map(question)}
    </section>
    <section class="step" hidden>
      <h2>Контактная информация</h2>
      <p class="hint">Заполнено из вашего профиля. Проверьте, пожалуйста.</p>
      ${contacts.map((contact) => field(contact, prefilled(contact, who)))}
    </section>
    <section class="step" hidden>
      <h2>Политика конфиденциальности</h2>
      <p class="hint">
        Нажимая «Отправить», вы соглашаетесь передать ответы компании «${page.name}» по её
        <a href="https://example.uz/privacy" rel="noreferrer">политике конфиденциальности</a>.
      </p>
      <label class="choice"
        ><input type="checkbox" name="consent" required /><span>Я согласен</span></label
      >
      ${form.disclaimers.map(
        ({ key, text }) =>
          html`<label class="choice"
            ><input type="checkbox" data-disclaimer="${key}" /><span>${text}</span></label
          >`,
      )}
    </section>
    <section class="step thanks" hidden>
      <span class="tick" aria-hidden="true">✓</span>
      <h2>${form.thanks}</h2>
      <dl id="outcome"></dl>
      <a class="button" href="${place.forms}/${form.id}">Отправить ещё одну</a>
    </section>
    <div class="bar">
      <p class="problem" id="problem" role="alert" hidden></p>
      <button type="button" id="back" hidden>Назад</button>
      <button type="submit" id="next" class="main">Далее</button>
    </div>
    <script type="module" src="${place.forms}/assets/form.js"></script>
  </form>`
  return frame({ title: form.headline, formId: form.id, screen }, place)
}

function question({ key, label, options, multiple }: Question) {
  if (!options) return field({ key, label, type: 'CUSTOM' }, '')
  const type = multiple ? 'checkbox' : 'radio'
  return html`<fieldset>
    <legend>${label}</legend>
    ${options.map(
      (option) =>
        html`<label class="choice"
          ><input type="${type}" name="${key}" value="${option.key}" data-answer /><span
            >${option.value}</span
          ></label
        >`,
    )}
  </fieldset>`
}

const INPUT_TYPES: Partial<Record<Question['type'], string>> = { PHONE: 'tel', EMAIL: 'email' }

function field({ key, label, type, optional }: Question, value: string) {
  return html`<label class="field">
    <span>${label}${optional ? html` <small>необязательно</small>` : ''}</span>
    <input
      type="${INPUT_TYPES[type] ?? 'text'}"
      name="${key}"
      value="${value}"
      data-answer
      ${optional ? '' : 'required'}
    />
  </label>`
}

function prefilled({ type }: Question, who: ReturnType<typeof person>): string {
  const values: Partial<Record<Question['type'], string>> = {
    FULL_NAME: who.fullName,
    FIRST_NAME: who.firstName,
    LAST_NAME: who.lastName,
    PHONE: who.phone,
    EMAIL: who.email,
    CITY: who.city,
  }
  return values[type] ?? ''
}
