import { fullName } from './dom.js'
import { t } from './texts.js'

const MEDIA = ['sticker', 'photo', 'document', 'voice', 'contact', 'location']

/** What a message says in one line: in a list of chats, in a quotation. */
export function summary(message) {
  const service = serviceText(message)
  if (service) return service
  if (message.text !== undefined) return message.text
  const kind = MEDIA.find((name) => message[name])
  if (kind === 'sticker') return `${message.sticker.emoji} ${t('sticker')}`
  const label = message.document?.file_name ?? (kind ? t(kind) : t('message'))
  return message.caption ? `${label}: ${message.caption}` : label
}

/** What happened, for a message that nobody said; empty for any other. */
export function serviceText(message) {
  const by = message.from ? fullName(message.from) : ''
  const [joined] = message.new_chat_members ?? []
  const left = message.left_chat_member
  if (joined) {
    const name = fullName(joined)
    return joined.id === message.from?.id ? t('joined', { name }) : t('added', { by, name })
  }
  if (left) {
    const name = fullName(left)
    return left.id === message.from?.id ? t('left', { name }) : t('removed', { by, name })
  }
  if (message.forum_topic_created) return t('topicCreated', message.forum_topic_created)
  if (message.forum_topic_edited) return t('topicRenamed', message.forum_topic_edited)
  if (message.forum_topic_closed) return t('topicClosed')
  if (message.forum_topic_reopened) return t('topicReopened')
  if (message.migrate_to_chat_id) return t('migratedTo')
  return message.migrate_from_chat_id ? t('migratedFrom') : ''
}
