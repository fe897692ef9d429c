import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useEffectEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { useLocation, useNavigate } from 'react-router'
import { useToast } from '../../ui/toast.tsx'
import { LEAD_LISTS } from './api/get-leads.ts'
import { publishLead } from './lead-news.ts'
import { feedState } from './feed-state.ts'
import { leadInNews } from './lead-in-news.ts'
import { LiveFeed, type Socket, type SocketEvents } from './live-feed.ts'

/** Listens to what happens to the leads of a project, and shows it as it happens. */
export default function LiveLeads({ projectId }: { projectId: string }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const say = useToast()
  const navigate = useNavigate()
  const { pathname } = useLocation()

  const hear = useEffectEvent((text: string) => {
    const lead = leadInNews(text)
    if (!lead) return
    publishLead(client, lead)
    if (lead.version > 1 || pathname.startsWith('/leads')) return
    say({
      text: lead.name === null ? t('lead.news_nameless') : t('lead.news', { name: lead.name }),
      action: { text: t('lead.open'), run: () => void navigate(`/leads/${lead.id}`) },
    })
  })
  const catchUp = useEffectEvent(() => {
    void client.invalidateQueries({ queryKey: LEAD_LISTS }, { cancelRefetch: false })
    void client.invalidateQueries({ queryKey: ['leads', 'one'] }, { cancelRefetch: false })
  })

  useEffect(() => {
    const feed = new LiveFeed({
      connect: (events) => connect(addressOf(projectId), events),
      after: (ms, run) => {
        const timer = setTimeout(run, ms)
        return () => clearTimeout(timer)
      },
      random: Math.random,
      onMessage: (text) => hear(text),
      onOpen: () => {
        feedState.set(true)
        catchUp()
      },
      onLost: () => feedState.set(false),
    })
    const wake = () => {
      if (document.visibilityState === 'visible') feed.wake()
    }
    addEventListener('online', wake)
    document.addEventListener('visibilitychange', wake)
    return () => {
      removeEventListener('online', wake)
      document.removeEventListener('visibilitychange', wake)
      feed.stop()
    }
  }, [projectId])
  return null
}

function connect(address: string, events: SocketEvents): Socket {
  const socket = new WebSocket(address)
  socket.addEventListener('open', () => events.onOpen())
  socket.addEventListener('message', ({ data }) => events.onMessage(String(data)))
  socket.addEventListener('close', () => events.onClose())
  return socket
}

function addressOf(projectId: string): string {
  const url = new URL('/api/live', location.href)
  url.protocol = url.protocol.replace('http', 'ws')
  url.searchParams.set('project', projectId)
  return url.toString()
}
