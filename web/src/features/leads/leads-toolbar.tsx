import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useCan } from '../../session.ts'
import { Icon } from '../../ui/icon.tsx'
import { Segmented } from '../../ui/segmented.tsx'
import { type LeadFilter, STATUS_TABS, type StatusTab } from './lead-filter.ts'
import css from './leads-toolbar.module.css'

interface LeadsToolbarProps {
  filter: LeadFilter
  /** The name of the campaign the list is narrowed to, when it is known. */
  campaignName: string | null
  onStatus: (status: StatusTab) => void
  onMine: (isMine: boolean) => void
  onSearch: (q: string) => void
  onAnyCampaign: () => void
}

/** What the list of leads is narrowed by. */
export function LeadsToolbar(props: LeadsToolbarProps) {
  const { filter, campaignName, onStatus, onMine, onSearch, onAnyCampaign } = props
  const { t } = useTranslation()
  const can = useCan()
  return (
    <div className={css['bar']}>
      <Segmented
        label={t('leads.status')}
        value={filter.status}
        options={STATUS_TABS.map((value) => ({ value, text: t(`leads.tab.${value}`) }))}
        onChange={onStatus}
      />
      {can('leads:work') && (
        <button
          type="button"
          className={css['chip']}
          aria-pressed={filter.assignee !== null}
          onClick={() => onMine(filter.assignee === null)}
        >
          {t('leads.only_mine')}
        </button>
      )}
      {filter.campaign !== null && (
        <button type="button" className={css['chip']} aria-pressed onClick={onAnyCampaign}>
          <span dir="auto">{campaignName ?? filter.campaign}</span>
          <Icon name="close" size={14} />
          <span className="sr-only">{t('leads.any_campaign')}</span>
        </button>
      )}
      <Search q={filter.q} onSearch={onSearch} />
    </div>
  )
}

const TYPING_MS = 300

/** Searches as one types, a moment after the last letter. */
function Search({ q, onSearch }: { q: string; onSearch: (q: string) => void }) {
  const { t } = useTranslation()
  const [text, setText] = useState(q)
  const latest = useRef(onSearch)
  useEffect(() => {
    latest.current = onSearch
  })
  useEffect(() => {
    const timer = setTimeout(() => latest.current(text.trim()), TYPING_MS)
    return () => clearTimeout(timer)
  }, [text])
  return (
    <label className={css['search']}>
      <Icon name="search" />
      <input
        type="search"
        value={text}
        maxLength={100}
        placeholder={t('leads.search')}
        aria-label={t('leads.search')}
        onChange={(event) => setText(event.target.value)}
      />
    </label>
  )
}
