import { html } from 'hono/html'
import { ACCOUNTS } from '../world/ads.ts'
import type { Place } from './routes.ts'

const [ACCOUNT = { id: '', name: '' }] = ACCOUNTS

const DEATHS = [
  ['460', 'сменили пароль (460)'],
  ['458', 'удалили приложение (458)'],
  ['463', 'истёк срок (463)'],
  ['459', 'проверка аккаунта (459)'],
  ['467', 'вышли из аккаунта (467)'],
] as const

const EXCHANGES = [
  ['extends', 'продлевает'],
  ['same_expiry', 'оставляет тот же срок'],
  ['refuses', 'отказывает'],
] as const

// Meta: ad-account, account_status.
const STATUSES = [
  ['1', 'работает'],
  ['2', 'отключён'],
  ['3', 'не оплачен'],
  ['9', 'отсрочка платежа'],
] as const

/** What Meta can do to the app, at the press of a button. */
export function panel({ reconnect }: Place) {
  return html`<aside class="panel">
    <details open>
      <summary>Пульт двойника Meta</summary>
      <section>
        <h2>Заявки и уведомления</h2>
        <div class="row">
          <button type="button" data-do="many">10 заявок разом</button>
          <button type="button" data-do="copies">Последняя — дважды</button>
          <button type="button" data-do="numbers">Номера числами</button>
          <button type="button" data-do="broken">С битыми записями</button>
          <button type="button" data-do="forged">Чужая подпись</button>
          <button type="button" data-do="ping">Кнопка «Тест»</button>
        </div>
      </section>
      <section>
        <h2>Токен</h2>
        <label
          >Причина
          <select id="death">
            ${DEATHS.map(choice)}
          </select></label
        >
        <div class="row">
          <button type="button" data-do="kill" class="danger">Убить токен</button>
          <button type="button" data-do="data">Истёк доступ к данным</button>
          ${
            reconnect === undefined
              ? ''
              : html`<a class="button" href="${reconnect}">Подключить заново</a>`
          }
        </div>
        <label
          >Обмен токена
          <select id="exchange">
            ${EXCHANGES.map(choice)}
          </select></label
        >
      </section>
      <section>
        <h2>Реклама</h2>
        <label
          >Аккаунт «${ACCOUNT.name}»
          <select id="account" data-id="${ACCOUNT.id}">
            ${STATUSES.map(choice)}
          </select></label
        >
      </section>
      <section>
        <h2>Сбои</h2>
        <div class="row">
          <button type="button" data-do="throttle">Лимит на 5 минут</button>
          <button type="button" data-do="outage">Ответы 502, минута</button>
          <button type="button" data-do="heal">Всё исправить</button>
        </div>
      </section>
      <p class="facts" id="facts">…</p>
      <ol class="log" id="log" aria-live="polite"></ol>
    </details>
  </aside>`
}

function choice([value, label]: readonly [string, string]) {
  return html`<option value="${value}">${label}</option>`
}
