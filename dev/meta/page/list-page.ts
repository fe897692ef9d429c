import { html } from 'hono/html'
import type { Form } from '../world/pages.ts'
import { must, type World } from '../world/world.ts'
import { frame } from './frame.ts'
import type { Place } from './routes.ts'

/** A feed with an ad for every form that can be sent. */
export function listPage({ forms, pages }: World, place: Place) {
  const active = [...forms.values()].filter((form) => form.status === 'ACTIVE')
  const post = (form: Form) => {
    const page = must(pages, form.pageId)
    return html`<article class="post">
      <header>
        <span class="avatar" aria-hidden="true">${page.name.slice(0, 1)}</span>
        <span><b>${page.name}</b><small>Реклама</small></span>
      </header>
      <p>${form.intro}</p>
      <a class="creative tone-${form.id.slice(-1)}" href="${place.forms}/${form.id}">
        <strong>${form.headline}</strong>
      </a>
      <footer>
        <span
          >${form.name}<small
            >Форма · ${form.locale === 'ru_RU' ? 'русский' : 'oʻzbekcha'}</small
          ></span
        >
        <a class="button" href="${place.forms}/${form.id}">Оставить заявку</a>
      </footer>
    </article>`
  }
  const screen = html`<h1 class="feed-title">Лента</h1>
    <p class="feed-note">Реклама двойника Meta: отправьте форму, и заявка придёт по-настоящему.</p>
    ${active.map(post)}`
  return frame({ title: 'Формы Meta', formId: active[0]?.id ?? '', screen }, place)
}
