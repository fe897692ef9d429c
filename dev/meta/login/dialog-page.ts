import { html } from 'hono/html'
import { asset } from '../page/assets.ts'
import { SCOPES } from './access.ts'
import { type DialogProblem, type Language, TEXTS } from './dialog-texts.ts'

interface DialogView {
  name: string
  pages: readonly string[]
  scopes: readonly string[]
  language: Language
}

/** The dialog that asks a person what the app may do; it posts to its own address. */
export function dialogPage({ name, pages, scopes, language }: DialogView) {
  const t = TEXTS[language]
  const asked = SCOPES.filter((scope) => scopes.includes(scope))
  return frame(
    language,
    t.asks,
    html`<form method="post">
      <h1>${t.asks}</h1>
      <p class="who">
        <span class="avatar" aria-hidden="true">${name.slice(0, 1)}</span>
        <span>${t.signedInAs} <b>${name}</b></span>
      </p>
      <ul class="scopes">
        <li class="fixed">${t.always}</li>
        ${asked.map(
          (scope) =>
            html`<li>
              <label
                ><input type="checkbox" name="scope" value="${scope}" checked />
                <span>${t.scopes[scope]}<small>${scope}</small></span></label
              >
            </li>`,
        )}
      </ul>
      <h2>${t.pages}</h2>
      <ul class="pages">
        ${pages.map((page) => html`<li>${page}</li>`)}
      </ul>
      <div class="buttons">
        <button name="decision" value="continue" class="main">${t.continue}</button>
        <button name="decision" value="cancel">${t.cancel}</button>
      </div>
    </form>`,
  )
}

/** What the dialog says when it cannot even ask; it never sends anybody back to an unknown address. */
export function problemPage(problem: DialogProblem, language: Language) {
  const { title, text } = TEXTS[language].problems[problem]
  return frame(
    language,
    title,
    html`<h1>${title}</h1>
      <p>${text}</p>`,
  )
}

function frame(language: Language, title: string, content: ReturnType<typeof html>) {
  const t = TEXTS[language]
  return html`<!doctype html>
    <html lang="${language}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${title}</title>
        <style>
          ${asset('dialog.css')}
        </style>
      </head>
      <body>
        <header>
          <span class="mark" aria-hidden="true">∞</span>
          <b>${t.title}</b>
        </header>
        <main>${content}</main>
        <footer>${t.note}</footer>
      </body>
    </html>`
}
