import { useTranslation } from 'react-i18next'
import type { Health } from '../../api/get-health.ts'
import { Card } from '../../ui/card.tsx'
import { useFormats } from '../../use-formats.ts'
import { useNow } from '../../use-now.ts'
import rows from './rows.module.css'
import { useHealthWords } from './use-health-words.ts'

/** What chats, pages and connections still owe: it goes out by itself. */
export function Waiting({ waiting }: { waiting: Health['waiting'] }) {
  const { t } = useTranslation()
  const formats = useFormats()
  const now = useNow()
  const { objectOf, titleOf } = useHealthWords()
  const owing = waiting.filter((one) => one.waiting > 0)
  return (
    <Card title={t('health.waiting_title')} isFlush>
      {owing.length === 0 && <p className={rows['none']}>{t('health.nothing_waits')}</p>}
      <ul>
        {owing.map((one) => (
          <li key={`${one.object}:${one.name}`} className={rows['row']}>
            <div className={rows['what']}>
              <b dir="auto">{titleOf(one.object, one.name)}</b>
              <small>{objectOf(one.object)}</small>
            </div>
            <span className={rows['fixed']}>
              {t('health.waits', {
                n: formats.number(one.waiting),
                age: formats.age(one.oldestAt === null ? 0 : now - Date.parse(one.oldestAt)),
              })}
            </span>
          </li>
        ))}
      </ul>
    </Card>
  )
}
