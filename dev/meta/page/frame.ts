import { html } from 'hono/html'
import { panel } from './panel.ts'
import type { Place } from './routes.ts'

type Content = ReturnType<typeof html>

/** A phone with something on its screen, and the switches of the stand-in beside it. */
export function frame(
  { title, formId, screen }: { title: string; formId: string; screen: Content },
  place: Place,
) {
  return html`<!doctype html>
    <html lang="ru">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${title}</title>
        <link rel="icon" href="data:," />
        <link rel="stylesheet" href="${place.forms}/assets/forms.css" />
      </head>
      <body data-control="${place.control}" data-form="${formId}">
        <main class="phone">${screen}</main>
        ${panel(place)}
        <script type="module" src="${place.forms}/assets/panel.js"></script>
      </body>
    </html>`
}
