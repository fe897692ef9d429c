import { useInfiniteQuery } from '@tanstack/react-query'
import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { addDays } from '../../days.ts'
import type { Formats } from '../../format.ts'
import { Button } from '../../ui/button.tsx'
import { Card } from '../../ui/card.tsx'
import { ErrorState } from '../../ui/error-state.tsx'
import { SkeletonList } from '../../ui/skeleton.tsx'
import { useNow } from '../../use-now.ts'
import { type Lead, leadsQuery } from './api/get-leads.ts'
import { byDay } from './by-day.ts'
import { useIsLive } from './feed-state.ts'
import type { LeadFilter } from './lead-filter.ts'
import { useLeadNews } from './lead-news.ts'
import { LeadRow } from './lead-row.tsx'
import css from './leads-list.module.css'
import { NoLeads } from './no-leads.tsx'

interface LeadsListProps {
  filter: LeadFilter
  formats: Formats
  openId: string | undefined
}

/** Without the live feed, a list looks for news by itself. */
const LOOKS_EVERY_MS = 60_000

/** Leads by day, newest first; more are read as the end comes near. */
export function LeadsList({ filter, formats, openId }: LeadsListProps) {
  const { t } = useTranslation()
  const isLive = useIsLive()
  const leads = useInfiniteQuery({
    ...leadsQuery(filter),
    refetchInterval: isLive ? false : LOOKS_EVERY_MS,
  })
  useLeadNews(filter)
  const end = useEndInSight(() => {
    if (leads.hasNextPage && !leads.isFetching) void leads.fetchNextPage()
  })
  if (leads.isPending) return <SkeletonList rows={8} height={64} />
  if (!leads.data) return <ErrorState problem={leads.error} retry={leads.refetch} />
  const all = leads.data.pages.flatMap(({ items }) => items)
  if (all.length === 0) return <NoLeads filter={filter} />
  return (
    <div className={css['list']}>
      <Days leads={all} formats={formats} openId={openId} />
      {leads.hasNextPage && (
        <div ref={end} className={css['more']}>
          <Button isBusy={leads.isFetchingNextPage} onClick={() => void leads.fetchNextPage()}>
            {t(leads.isFetchNextPageError ? 'error.retry' : 'leads.more')}
          </Button>
        </div>
      )}
    </div>
  )
}

interface DaysProps {
  leads: Lead[]
  formats: Formats
  openId: string | undefined
}

function Days({ leads, formats, openId }: DaysProps) {
  const { t } = useTranslation()
  const now = useNow()
  const today = formats.dayOf(new Date(now).toISOString())
  const titleOf = (day: string) => {
    if (day === today) return t('leads.today')
    if (day === addDays(today, -1)) return t('leads.yesterday')
    return formats.day(day)
  }
  return byDay(leads, (lead) => formats.dayOf(lead.createdAt)).map(({ day, items }) => (
    <section key={day} aria-label={titleOf(day)}>
      <h2 className={css['day']}>{titleOf(day)}</h2>
      <Card isFlush>
        <ul>
          {items.map((lead) => (
            <LeadRow
              key={lead.id}
              lead={lead}
              now={now}
              formats={formats}
              isOpen={lead.id === openId}
            />
          ))}
        </ul>
      </Card>
    </section>
  ))
}

/** Calls when the end of the list comes near the screen. */
function useEndInSight(onSight: () => void) {
  const end = useRef<HTMLDivElement>(null)
  const latest = useRef(onSight)
  useEffect(() => {
    latest.current = onSight
  })
  useEffect(() => {
    if (!end.current) return
    const observer = new IntersectionObserver(
      ([entry]) => {
        if (entry?.isIntersecting) latest.current()
      },
      { rootMargin: '400px' },
    )
    observer.observe(end.current)
    return () => observer.disconnect()
  })
  return end
}
