import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { Avatar } from '../../ui/avatar.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { ErrorState } from '../../ui/error-state.tsx'
import { SkeletonList } from '../../ui/skeleton.tsx'
import { useToast } from '../../ui/toast.tsx'
import { assignLead } from './api/assign-lead.ts'
import type { Lead } from './api/get-leads.ts'
import { managersQuery } from './api/get-managers.ts'
import css from './assign-lead.module.css'
import { useWork } from './use-work.ts'

/** Whom to give a lead to. */
export function AssignLead({ lead, onClose }: { lead: Lead; onClose: () => void }) {
  const { t } = useTranslation()
  const say = useToast()
  const people = useQuery(managersQuery)
  const assign = useWork(
    lead.id,
    (userId: string) => assignLead(lead.id, userId),
    ({ assignee }) => {
      say({ text: t('lead.done.assign', { name: assignee?.name ?? '' }), tone: 'good' })
      onClose()
    },
  )
  return (
    <Dialog title={t('lead.assign.title')} onClose={onClose}>
      {people.isPending && <SkeletonList rows={3} height={48} />}
      {people.error && <ErrorState problem={people.error} retry={people.refetch} />}
      <ul className={css['people']}>
        {people.data
          ?.filter(({ id }) => id !== lead.assignee?.id)
          .map(({ id, name, role }) => (
            <li key={id}>
              <button
                type="button"
                className={css['person']}
                disabled={assign.isPending}
                onClick={() => assign.mutate(id)}
              >
                <Avatar name={name} />
                <span dir="auto">{name}</span>
                <small>{t(`role.${role}`)}</small>
              </button>
            </li>
          ))}
      </ul>
    </Dialog>
  )
}
