import { countAnew, startRush } from './backend.js'
import { el } from './dom.js'
import { preciseTime, t } from './texts.js'

/** More 429 than this in one rush, and the bot does not keep to the pace. */
const FEW_REFUSALS = 3

/** The rush: its button, and how far it has come. */
export function rushNodes({ total, sent, isRunning }) {
  const button = el(
    'button',
    { type: 'button', className: 'rush', disabled: isRunning, onclick: startRush },
    t('rush', { n: total }),
  )
  const progress = el('progress', { max: total, value: sent, ariaLabel: t('rush', { n: total }) })
  if (sent === 0) return [button, el('small', {}, t('rushHint'))]
  return [button, progress, el('small', {}, rushText({ total, sent }))]
}

/** How far a rush has come, in words. */
export const rushText = ({ total, sent }) => t('rushSent', { sent, total })

/** The numbers of the bot's calls, and how full the minute of each group is. */
export function gaugeNodes({ tally, webhook }) {
  const { sent, edited, tooMany, refused, since, groups } = tally
  const isTooMany = tooMany > FEW_REFUSALS
  return [
    el(
      'dl',
      { className: 'numbers' },
      number('messagesSent', sent),
      number('editsMade', edited),
      number('tooManyGiven', tooMany, isTooMany ? 'bad' : 'good'),
      number('waitingUpdates', webhook.pending_update_count),
      number('refused', refused),
    ),
    ...groups.map(groupGauge),
    el(
      'div',
      { className: 'since' },
      el('small', {}, t('since', { time: preciseTime(since) })),
      el('button', { type: 'button', onclick: countAnew }, t('countAnew')),
    ),
  ]
}

const number = (key, value, className = '') =>
  el('div', { className }, el('dt', {}, t(key)), el('dd', {}, String(value)))

function groupGauge({ title, sent, edited, limit }) {
  return el(
    'div',
    { className: 'group-gauge' },
    el('span', {}, el('b', { dir: 'auto' }, title), ' ', el('small', {}, t('inMinute'))),
    gauge('groupSent', sent, limit),
    gauge('groupEdited', edited, limit),
  )
}

const gauge = (key, value, limit) =>
  el(
    'div',
    { className: 'gauge' },
    el('small', {}, t(key)),
    el('meter', { min: 0, max: limit, value, ariaLabel: t(key) }),
    el('small', {}, t('outOf', { value, limit })),
  )
