import { useTranslation } from 'react-i18next'
import type { Formats } from '../../format.ts'
import type { LeadWithEvents } from './api/get-lead.ts'
import css from './lead-history.module.css'
import { storyOf } from './lead-story.ts'

/** Everything that happened to a lead, the latest first. */
export function LeadHistory({ lead, formats }: { lead: LeadWithEvents; formats: Formats }) {
  const { t } = useTranslation()
  return (
    <section>
      <h3>{t('lead.history')}</h3>
      <ol className={css['events']}>
        {lead.events.toReversed().map((event) => {
          const { key, params, detail } = storyOf(event)
          return (
            <li key={event.seq}>
              <span dir="auto">{t(key, params)}</span>
              {detail !== null && (
                <q className={css['detail']} dir="auto">
                  {detail}
                </q>
              )}
              <small dir="auto">
                {formats.moment(event.at)}
                {event.actor && ` · ${event.actor.name}`}
              </small>
            </li>
          )
        })}
      </ol>
    </section>
  )
}
