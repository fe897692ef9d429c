import { useInfiniteQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useParams, useSearchParams } from 'react-router'
import { useCan, useMe, useProjectId, useTimezone } from '../../session.ts'
import { Button } from '../../ui/button.tsx'
import { cx } from '../../ui/cx.ts'
import { Page } from '../../ui/page.tsx'
import { useFormats } from '../../use-formats.ts'
import { AddLead } from './add-lead.tsx'
import { leadsQuery } from './api/get-leads.ts'
import { filterIn } from './lead-filter.ts'
import { LeadPanel } from './lead-panel.tsx'
import { LeadsList } from './leads-list.tsx'
import css from './leads-page.module.css'
import { LeadsToolbar } from './leads-toolbar.tsx'

/** The leads, and beside them the one that is open. */
export default function LeadsPage() {
  const { t } = useTranslation()
  const me = useMe()
  const can = useCan()
  const projectId = useProjectId()
  const formats = useFormats(useTimezone())
  const { id } = useParams()
  const [params, setParams] = useSearchParams()
  const [isAdding, setIsAdding] = useState(false)
  const canWork = can('leads:work')
  const filter = filterIn(params, {
    // People who only see leads of their own see all of them, whatever the project.
    project: canWork ? projectId : null,
    me: me.id,
    usual: canWork ? 'new' : 'all',
  })
  const put = (name: string, value: string | null) =>
    setParams(
      (before) => {
        if (value === null) before.delete(name)
        else before.set(name, value)
        return before
      },
      { replace: true },
    )
  return (
    <div className={cx(css['split'], id !== undefined && css['open'])}>
      <Page
        title={t(canWork ? 'nav.leads' : 'nav.my_leads')}
        actions={
          can('leads:create') && (
            <Button look="primary" icon="plus" onClick={() => setIsAdding(true)}>
              {t(canWork ? 'leads.add' : 'leads.add_client')}
            </Button>
          )
        }
      >
        <LeadsToolbar
          filter={filter}
          campaignName={useCampaignName(filter)}
          onStatus={(status) => put('status', status)}
          onMine={(isMine) => put('mine', isMine ? '1' : null)}
          onSearch={(q) => {
            if (q !== filter.q) put('q', q === '' ? null : q)
          }}
          onAnyCampaign={() => put('campaign', null)}
        />
        <LeadsList filter={filter} formats={formats} openId={id} />
      </Page>
      {id !== undefined && <LeadPanel key={id} id={id} formats={formats} />}
      {isAdding && <AddLead projectId={projectId} onClose={() => setIsAdding(false)} />}
    </div>
  )
}

/** A campaign's name, as its leads in the list know it. */
function useCampaignName(filter: ReturnType<typeof filterIn>): string | null {
  const { data } = useInfiniteQuery({
    ...leadsQuery(filter),
    enabled: filter.campaign !== null,
  })
  const leads = data?.pages.flatMap(({ items }) => items) ?? []
  return leads.find(({ campaignName }) => campaignName !== null)?.campaignName ?? null
}
