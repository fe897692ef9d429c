import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { projectsQuery } from '../../api/get-projects.ts'
import { useProjectId } from '../../session.ts'
import { Badge } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { useToast } from '../../ui/toast.tsx'
import { changeProject } from './api/change-project.ts'
import type { Connection } from './api/get-connections.ts'
import css from './ad-accounts.module.css'
import { useChange } from './use-change.ts'

/** The ad accounts a connection opens; the project reads one of them. */
export function AdAccounts({ connection }: { connection: Connection }) {
  const { t } = useTranslation()
  const projectId = useProjectId()
  const { data: projects } = useQuery(projectsQuery)
  const project = projects?.items.find(({ id }) => id === projectId)
  const say = useToast()
  const choose = useChange(
    (adAccountId: string) => changeProject(projectId, { connectionId: connection.id, adAccountId }),
    [['projects'], ['stats']],
    () => say({ text: t('facebook.chosen'), tone: 'good' }),
  )
  const isChosen = (id: string) =>
    project?.adAccountId === id && project.connectionId === connection.id
  return (
    <section>
      <h3>{t('facebook.accounts')}</h3>
      {connection.adAccounts.length === 0 && (
        <p className={css['none']}>{t('facebook.no_accounts')}</p>
      )}
      <ul>
        {connection.adAccounts.map((account) => (
          <li key={account.id} className={css['account']}>
            <div>
              <span dir="auto">{account.name}</span>
              <small>
                {account.id} · {account.currency} · {account.timezone}
              </small>
            </div>
            {isChosen(account.id) ? (
              <Badge tone="accent">{t('facebook.in_use')}</Badge>
            ) : (
              <Button
                size="small"
                isBusy={choose.isPending && choose.variables === account.id}
                disabled={choose.isPending || !project}
                onClick={() => choose.mutate(account.id)}
              >
                {t('facebook.choose')}
              </Button>
            )}
          </li>
        ))}
      </ul>
    </section>
  )
}
