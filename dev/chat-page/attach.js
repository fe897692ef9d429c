import { fileToSend } from './backend.js'
import { ask, menu, tell } from './dialogs.js'
import { el } from './dom.js'
import { t } from './texts.js'

const STICKERS = ['👍', '❤️', '🔥', '🎉', '😂', '😮', '😢', '🙏', '👋', '🤝', '💯', '🚀']
const TASHKENT = { latitude: 41.2995, longitude: 69.2401 }
const STRANGER = { phone_number: '+998900000000', first_name: 'Somebody', last_name: 'Else' }

/** Offers stickers; the chosen one is sent. */
export const openStickers = (phone) =>
  menu(
    phone.element,
    STICKERS.map((emoji) => ({
      label: emoji,
      className: 'sticker',
      run: () => phone.send({ sticker: emoji }),
    })),
  )

/** Offers what else can be sent: a file, a contact, a place. */
export function openAttachments(phone) {
  const pick = el('input', { type: 'file', onchange: () => sendFile(phone, pick.files[0]) })
  menu(phone.element, [
    { label: t('file'), picture: 'file', run: () => pick.click() },
    { label: t('ownContact'), picture: 'person', run: () => shareContact(phone) },
    { label: t('foreignContact'), picture: 'person', run: () => phone.send({ contact: STRANGER }) },
    { label: t('place'), picture: 'pin', run: () => sendPlace(phone) },
  ])
}

async function sendFile(phone, file) {
  if (!file) return
  const sent = await fileToSend(file)
  const isPhoto = /^image\/(?:png|jpeg)$/.test(file.type)
  await phone.send(isPhoto ? { photo: sent } : { document: sent })
}

export const sendPlace = (phone) => phone.send({ location: TASHKENT })

/** Asks before the phone number of a person goes to the bot. */
export async function shareContact(phone) {
  const { me } = phone.view
  if (!me.phone_number) return tell(phone.element, t('noPhone'))
  const isSure = await ask(phone.element, t('shareContact', { phone: me.phone_number }), [
    { label: t('cancel'), value: false },
    { label: t('send'), value: true },
  ])
  return isSure ? phone.send({ contact: 'own' }) : undefined
}
