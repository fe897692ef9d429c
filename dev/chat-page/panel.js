import { addFault, removeFault, setSwitches } from './backend.js'
import { el, iconButton, renderWhenChanged } from './dom.js'
import { gaugeNodes, rushNodes } from './gauges.js'
import { language, languages, setLanguage, t } from './texts.js'

/** Where the panel lies over the phones. */
const NARROW = '(max-width: 839px)'

/** What can go wrong at the press of a switch: a setting of the stand-in, or a fault on its board. */
const TROUBLES = [
  {
    name: 'isDown',
    settings: { on: { isDown: true, downBy: 'bad-gateway' }, off: { isDown: false } },
  },
  { name: 'tooMany', fault: { kind: 'error', code: 429, parameters: { retry_after: 5 } } },
  { name: 'lostAnswer', fault: { kind: 'lost-answer', by: 'drop' } },
  { name: 'twice', settings: { on: { copies: 2 }, off: { copies: 1 } } },
  {
    name: 'forgets',
    settings: { on: { forgetsDelivered: true }, off: { forgetsDelivered: false } },
  },
  {
    name: 'holding',
    settings: { on: { isHoldingUpdates: true }, off: { isHoldingUpdates: false } },
  },
]

/** The panel of the stand-in: its switches, how deliveries go, the language of the page. */
export class Panel {
  #state
  #rush = el('div', { className: 'rush-box', hidden: true })
  #gauges = el('div', { className: 'gauges' })
  #switches = el('div', { className: 'switches' })
  #webhook = el('div', { className: 'webhook' })
  element = el(
    'dialog',
    { className: 'panel', ariaLabel: t('panel'), onclick: (event) => this.#onBackdrop(event) },
    el(
      'div',
      { className: 'panel-inside' },
      el(
        'header',
        {},
        el(
          'span',
          { className: 'title' },
          el('b', {}, t('panel')),
          el('small', {}, t('panelHint')),
        ),
        iconButton('close', t('close'), () => this.element.close()),
      ),
      this.#rush,
      this.#gauges,
      this.#switches,
      this.#webhook,
      el(
        'div',
        { className: 'languages', role: 'group', ariaLabel: t('language') },
        languages.map(languageButton),
      ),
    ),
  )

  /** Beside the phones where there is room, over them where there is none. */
  toggle() {
    if (this.element.open) this.element.close()
    else if (matchMedia(NARROW).matches) this.element.showModal()
    else this.element.show()
  }

  get isOpen() {
    return this.element.open
  }

  /** How many troubles are on, for the mark on the button that opens the panel. */
  get troubleCount() {
    return TROUBLES.filter((trouble) => this.#isOn(trouble)).length
  }

  render(state) {
    this.#state = state
    const { switches, faults, webhook, rush, tally } = state
    this.#rush.hidden = rush === null
    if (rush) renderWhenChanged(this.#rush, rush, () => rushNodes(rush))
    renderWhenChanged(this.#gauges, [tally, webhook.pending_update_count], () => gaugeNodes(state))
    renderWhenChanged(this.#switches, [switches, faults], () =>
      TROUBLES.map((trouble) => this.#switch(trouble)),
    )
    renderWhenChanged(this.#webhook, webhook, () => webhookLines(webhook))
  }

  #onBackdrop({ target }) {
    if (target === this.element) this.element.close()
  }

  #faultId({ fault }) {
    return this.#state?.faults.find(
      (posted) => JSON.stringify(posted.fault) === JSON.stringify(fault),
    )?.id
  }

  #isOn(trouble) {
    if (!this.#state) return false
    if (trouble.fault) return this.#faultId(trouble) !== undefined
    return Object.entries(trouble.settings.off).some(
      ([name, value]) => this.#state.switches[name] !== value,
    )
  }

  #switch(trouble) {
    const isOn = this.#isOn(trouble)
    return el(
      'label',
      { className: 'switch' },
      el(
        'span',
        { className: 'title' },
        el('b', {}, t(trouble.name)),
        el('small', {}, t(`${trouble.name}Hint`)),
      ),
      el('input', {
        type: 'checkbox',
        role: 'switch',
        checked: isOn,
        onchange: () => this.#toggle(trouble, isOn),
      }),
    )
  }

  async #toggle(trouble, isOn) {
    if (trouble.settings) await setSwitches(isOn ? trouble.settings.off : trouble.settings.on)
    else if (isOn) await removeFault(this.#faultId(trouble))
    else await addFault(trouble.fault)
  }
}

function webhookLines({ url, pending_update_count: n, last_error_message: text }) {
  return [
    el('code', {}, url || t('webhookUnset')),
    el('span', {}, t('waiting', { n })),
    text ? el('span', { className: 'danger' }, t('lastError', { text })) : '',
  ]
}

const languageButton = (code) =>
  el(
    'button',
    { type: 'button', className: code === language ? 'on' : '', onclick: () => setLanguage(code) },
    code.toUpperCase(),
  )
