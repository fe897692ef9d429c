const SVG = 'http://www.w3.org/2000/svg'

/**
 * Makes an element. Properties are set as they are, `on…` as listeners, `data` as data attributes,
 * `aria` as ARIA. Strings among the children become text and never markup.
 */
export function el(tag, properties = {}, ...children) {
  const element = document.createElement(tag)
  for (const [name, value] of Object.entries(properties)) {
    if (name === 'data') Object.assign(element.dataset, value)
    else if (name === 'aria') setAria(element, value)
    else if (name.startsWith('on')) element.addEventListener(name.slice(2), value)
    else if (value !== undefined) element[name] = value
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined))
  return element
}

function setAria(element, values) {
  for (const [name, value] of Object.entries(values)) element.setAttribute(`aria-${name}`, value)
}

/** An icon of the page's own set. */
export function icon(name) {
  const svg = document.createElementNS(SVG, 'svg')
  const use = document.createElementNS(SVG, 'use')
  use.setAttribute('href', `/chat-page/icons.svg#${name}`)
  svg.setAttribute('class', 'icon')
  svg.setAttribute('aria-hidden', 'true')
  svg.append(use)
  return svg
}

/** A round button that is only an icon; its label is for those who do not see it. */
export const iconButton = (name, label, onclick, className = '') =>
  el(
    'button',
    { type: 'button', className: `round ${className}`, title: label, onclick },
    icon(name),
  )

/** The circle with the first letters of a name; the colour is by id, as in Telegram. */
export function avatar(id, name, className = '') {
  const letters = name
    .split(/\s+/)
    .filter((word) => /^[\p{L}\p{N}]/u.test(word))
    .slice(0, 2)
    .map((word) => [...word][0].toUpperCase())
  const hue = Math.abs(id) % 7
  return el(
    'span',
    { className: `avatar hue-${hue} ${className}`, aria: { hidden: 'true' } },
    letters.join('') || '#',
  )
}

/** The square of a topic; General has none of its own. */
export const hash = (topic) =>
  el(
    'span',
    { className: `hash hue-${(topic?.id ?? 0) % 7}`, aria: { hidden: 'true' } },
    topic ? topic.name.slice(0, 1).toUpperCase() : '#',
  )

/** A person's full name. */
export const fullName = ({ first_name, last_name }) =>
  [first_name, last_name].filter(Boolean).join(' ') || '…'

/** Replaces the children of an element only when what they are made from has changed. */
export function renderWhenChanged(element, source, makeChildren) {
  const key = JSON.stringify(source)
  if (element.renderedFrom === key) return false
  element.renderedFrom = key
  element.replaceChildren(...makeChildren())
  return true
}
