import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { projectsQuery } from '../../api/get-projects.ts'
import { connectionsQuery } from './api/get-connections.ts'

const OBJECTS = ['lead', 'conversation', 'page', 'connection', 'watch'] as const

const KINDS = [
  'projection',
  'card',
  'client:taken',
  'client:closed',
  'update',
  'errand',
  'call',
  'report',
  'tell',
  'arrivals',
  'read',
  'readOne',
  'malformed',
  'record',
  'serve',
  'alert',
  'audit',
] as const

const REASONS = ['NO_CHAT', 'NO_PROJECT', 'TELEGRAM_TOKEN_REFUSED', 'TELEGRAM_UNREACHABLE'] as const

/** Words for what health speaks of by name; a name without words is said as it is. */
export function useHealthWords() {
  const { t } = useTranslation()
  const titles = useTitles()
  return {
    objectOf: (object: string): string => {
      const known = OBJECTS.find((one) => one === object)
      return known ? t(`health.object.${known}`) : object
    },
    /** What people call it: a chat, a page and a person have names of their own. */
    titleOf: (object: string, name: string): string => titles.get(`${object}:${name}`) ?? name,
    kindOf: (kind: string): string => {
      const known = KINDS.find((one) => one === kind)
      return known ? t(`health.kind.${known}`) : kind
    },
    reasonOf: (reason: string): string => {
      const known = REASONS.find((one) => one === reason)
      return known ? t(`health.reason.${known}`) : reason
    },
  }
}

function useTitles(): Map<string, string> {
  const { data: projects } = useQuery(projectsQuery)
  const { data: connections } = useQuery(connectionsQuery)
  const titles = new Map<string, string>()
  for (const { id, name, chatId, chatTitle } of projects?.items ?? []) {
    titles.set(`watch:${id}`, name)
    if (chatId !== null && chatTitle !== null) titles.set(`conversation:${chatId}`, chatTitle)
  }
  for (const connection of connections?.items ?? []) {
    titles.set(`connection:${connection.id}`, connection.name)
    for (const page of connection.pages) titles.set(`page:${page.id}`, page.name)
  }
  return titles
}
