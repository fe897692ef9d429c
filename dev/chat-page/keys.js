import { el, icon } from './dom.js'
import { t } from './texts.js'

/** The reply keyboard under the field, one row a line. */
export const replyKeyboard = (keyboard, press) =>
  (keyboard?.keyboard ?? []).map((buttons) =>
    el(
      'div',
      { className: 'row' },
      buttons.map((button) =>
        el('button', { type: 'button', dir: 'auto', onclick: () => press(button) }, button.text),
      ),
    ),
  )

const wide = (label, onclick) => el('button', { type: 'button', className: 'wide', onclick }, label)

/** What stands in place of the field when somebody cannot write; `deeds` lead out of it. */
export function obstacleNodes(obstacle, deeds) {
  if (obstacle === 'not-started') return [wide(t('start'), deeds.start)]
  if (obstacle === 'blocked') return [wide(t('unblock'), deeds.unblock)]
  if (obstacle === 'topic-closed') return [icon('lock'), t('closedTopic')]
  if (obstacle === 'deactivated') return [t('deactivated')]
  return obstacle ? [el('span', {}, t('migrated')), wide(t('openNew'), deeds.openNew)] : []
}
