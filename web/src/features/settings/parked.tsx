import { useTranslation } from 'react-i18next'
import type { Health } from '../../api/get-health.ts'
import { Badge } from '../../ui/badge.tsx'
import { Button, ButtonLink } from '../../ui/button.tsx'
import { Card } from '../../ui/card.tsx'
import { useToast } from '../../ui/toast.tsx'
import { useFormats } from '../../use-formats.ts'
import { retryParked } from './api/retry-parked.ts'
import css from './parked.module.css'
import rows from './rows.module.css'
import { useChange } from './use-change.ts'
import { useHealthWords } from './use-health-words.ts'

/** What was given up: what it is, why, and a button to try it again. */
export function Parked({ parked }: { parked: Health['parked'] }) {
  const { t } = useTranslation()
  const { reasonOf } = useHealthWords()
  if (parked.total === 0) return null
  return (
    <Card title={t('health.parked_title')} aside={parked.total} isFlush>
      {Object.entries(parked.byReason).map(([reason, count]) => (
        <section key={reason} className={css['reason']}>
          <h3>
            {reasonOf(reason)} <Badge tone="bad">{count}</Badge>
          </h3>
          <ul>
            {parked.items
              .filter((item) => item.reason === reason)
              .map((item) => (
                <Item key={`${item.object}:${item.name}:${item.seq}`} item={item} />
              ))}
          </ul>
        </section>
      ))}
    </Card>
  )
}

function Item({ item }: { item: Health['parked']['items'][number] }) {
  const { t } = useTranslation()
  const formats = useFormats()
  const say = useToast()
  const { objectOf, titleOf, kindOf } = useHealthWords()
  const retry = useChange(
    () => retryParked({ object: item.object, name: item.name, seq: item.seq }),
    [['health']],
    () => say({ text: t('health.retried'), tone: 'good' }),
  )
  return (
    <li className={rows['row']}>
      <div className={rows['what']}>
        <b>{kindOf(item.kind)}</b>
        <small>
          {objectOf(item.object)} {titleOf(item.object, item.name)} · {formats.moment(item.at)} ·{' '}
          {t('health.attempts', { n: item.attempts })}
        </small>
      </div>
      {item.object === 'lead' && (
        <ButtonLink look="plain" size="small" to={`/leads/${item.name}`}>
          {t('lead.open')}
        </ButtonLink>
      )}
      <Button size="small" icon="refresh" isBusy={retry.isPending} onClick={() => retry.mutate()}>
        {t('health.retry')}
      </Button>
    </li>
  )
}
