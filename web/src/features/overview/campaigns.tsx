import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import type { Formats } from '../../format.ts'
import { Button } from '../../ui/button.tsx'
import { Card } from '../../ui/card.tsx'
import { cx } from '../../ui/cx.ts'
import { Icon } from '../../ui/icon.tsx'
import type { Stats } from './api/get-stats.ts'
import css from './campaigns.module.css'
import { type Campaign, type Column, COLUMNS, sortCampaigns } from './sort-campaigns.ts'

const FIRST = 10

/** What every campaign cost and brought. Its roles are said, as browsers forget them with the layout. */
export function Campaigns({ stats, formats }: { stats: Stats; formats: Formats }) {
  const { t } = useTranslation()
  const [order, setOrder] = useState<{ column: Column; isAscending: boolean }>({
    column: 'spend',
    isAscending: false,
  })
  const [isWhole, setIsWhole] = useState(false)
  const sorted = sortCampaigns(stats.byCampaign, order.column, order.isAscending)
  const shown = isWhole ? sorted : sorted.slice(0, FIRST)
  if (sorted.length === 0) return null
  // The first press on a column shows what is most, of the price of a lead what is least.
  const turn = (column: Column) =>
    setOrder((before) => ({
      column,
      isAscending: before.column === column ? !before.isAscending : column === 'cpl',
    }))
  return (
    <Card title={t('overview.campaigns')} aside={formats.number(sorted.length)} isFlush>
      <table className={css['table']} role="table">
        <thead role="rowgroup">
          <tr role="row">
            <th scope="col" role="columnheader">
              {t('overview.campaign')}
            </th>
            {COLUMNS.map((column) => (
              <th
                key={column}
                scope="col"
                role="columnheader"
                className={css[column]}
                aria-sort={sortOf(order, column)}
              >
                <button type="button" onClick={() => turn(column)}>
                  {t(`number.${column}`)}
                  {order.column === column && (
                    <Icon name={order.isAscending ? 'up' : 'down'} size={12} />
                  )}
                </button>
              </th>
            ))}
          </tr>
        </thead>
        <tbody role="rowgroup">
          {shown.map((campaign) => (
            <Row key={campaign.campaignId} campaign={campaign} formats={formats} />
          ))}
        </tbody>
      </table>
      {sorted.length > shown.length && (
        <div className={css['more']}>
          <Button look="plain" size="small" onClick={() => setIsWhole(true)}>
            {t('overview.all_campaigns', { n: formats.number(sorted.length) })}
          </Button>
        </div>
      )}
    </Card>
  )
}

function sortOf(order: { column: Column; isAscending: boolean }, column: Column) {
  if (order.column !== column) return undefined
  return order.isAscending ? 'ascending' : 'descending'
}

function Row({ campaign, formats }: { campaign: Campaign; formats: Formats }) {
  const texts: Record<Column, string> = {
    spend: formats.money(campaign.spend),
    leads: formats.number(campaign.leads, 2),
    cpl: campaign.cpl ? formats.money(campaign.cpl) : '—',
    ctr: campaign.ctr === null ? '—' : formats.percent(campaign.ctr),
    clicks: formats.number(campaign.clicks),
    impressions: formats.number(campaign.impressions),
  }
  return (
    <tr role="row">
      <th scope="row" role="rowheader">
        <Link to={`/leads?status=all&campaign=${campaign.campaignId}`} dir="auto">
          {campaign.name}
        </Link>
      </th>
      {COLUMNS.map((column) => (
        <td
          key={column}
          role="cell"
          className={cx(css[column], texts[column] === '—' && css['none'])}
        >
          {texts[column]}
        </td>
      ))}
    </tr>
  )
}
