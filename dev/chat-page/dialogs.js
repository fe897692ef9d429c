import { el, icon } from './dom.js'
import { t } from './texts.js'

/** A short message over a phone that goes away by itself. */
export function toast(phone, text) {
  phone.querySelector('.toast')?.remove()
  const note = el('div', { className: 'toast', role: 'status', dir: 'auto' }, text)
  phone.append(note)
  note.addEventListener('animationend', () => note.remove())
}

/** Asks or tells something over a phone; resolves with the value of the button that was pressed. */
export function ask(phone, text, buttons) {
  return new Promise((resolve) => {
    const close = (value) => {
      shade.remove()
      resolve(value)
    }
    const make = ({ label, value, className = '' }) =>
      el('button', { type: 'button', className, onclick: () => close(value) }, label)
    const box = el(
      'div',
      { className: 'ask', role: 'alertdialog', aria: { modal: 'true' } },
      el('p', { dir: 'auto' }, text),
      el('div', { className: 'ask-buttons' }, buttons.map(make)),
    )
    const shade = el('div', { className: 'shade' }, box)
    shade.addEventListener('keydown', ({ key }) => key === 'Escape' && close(undefined))
    phone.append(shade)
    box.querySelector('button:last-child').focus()
  })
}

/** An alert with one button, as a bot may answer a press. */
export const tell = (phone, text) => ask(phone, text, [{ label: t('ok'), value: true }])

/** A menu at the bottom of a phone; an item does what it says and closes it. */
export function menu(phone, items) {
  phone.querySelector('.menu-shade')?.remove()
  const close = () => shade.remove()
  const shade = el(
    'div',
    { className: 'shade menu-shade', onclick: close },
    el(
      'div',
      { className: 'menu', role: 'menu' },
      items.map(({ label, picture, run, className = '' }) =>
        el(
          'button',
          { type: 'button', className, onclick: run },
          picture ? icon(picture) : null,
          el('span', {}, label),
        ),
      ),
    ),
  )
  shade.addEventListener('keydown', ({ key }) => key === 'Escape' && close())
  phone.append(shade)
  shade.querySelector('button')?.focus()
}

/** Says over the whole page what the stand-in refused. */
export function showTrouble(text) {
  document.querySelector('body > .trouble')?.remove()
  const note = el('div', { className: 'trouble', role: 'alert' }, text)
  document.body.append(note)
  note.addEventListener('animationend', () => note.remove())
}
