import { el, renderWhenChanged } from './dom.js'
import { rushText } from './gauges.js'
import { t } from './texts.js'

/** The line below the bar: what is going on while the panel may be closed. */
export class Strip {
  element = el('div', { className: 'strip', role: 'status', hidden: true })

  render({ switches, rush, tally, webhook }) {
    const waiting = webhook.pending_update_count
    const lines = [
      switches.isDown ? { text: t('downNow', { n: tally.refused, waiting }), isBad: true } : null,
      rush?.isRunning ? { text: rushText(rush), isBad: false } : null,
    ].filter(Boolean)
    this.element.hidden = lines.length === 0
    renderWhenChanged(this.element, lines, () =>
      lines.map(({ text, isBad }) => el('span', { className: isBad ? 'bad' : '' }, text)),
    )
  }
}
