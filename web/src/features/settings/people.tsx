import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useMe } from '../../session.ts'
import { Avatar } from '../../ui/avatar.tsx'
import { Card } from '../../ui/card.tsx'
import { Confirm } from '../../ui/confirm.tsx'
import { cx } from '../../ui/cx.ts'
import { EmptyState } from '../../ui/empty-state.tsx'
import { ErrorState } from '../../ui/error-state.tsx'
import { SkeletonList } from '../../ui/skeleton.tsx'
import { useToast } from '../../ui/toast.tsx'
import { type User, usersQuery } from './api/get-users.ts'
import { setRole } from './api/set-role.ts'
import css from './people.module.css'
import rows from './rows.module.css'
import { useChange } from './use-change.ts'

const ROLES = ['client', 'manager', 'admin'] as const satisfies readonly User['role'][]

/** Everybody who wrote to the bot, and what they may. */
export function People() {
  const { t } = useTranslation()
  const users = useQuery(usersQuery)
  const [q, setQ] = useState('')
  if (users.isPending) return <SkeletonList rows={6} height={64} />
  if (!users.data) return <ErrorState problem={users.error} retry={users.refetch} />
  const found = users.data.items
    .filter((user) => isFound(user, q))
    .toSorted((a, b) => ROLES.indexOf(b.role) - ROLES.indexOf(a.role))
  return (
    <>
      <p className={rows['lead']}>{t('people.text')}</p>
      <input
        type="search"
        className={css['search']}
        value={q}
        placeholder={t('people.search')}
        aria-label={t('people.search')}
        onChange={(event) => setQ(event.target.value)}
      />
      <Card isFlush>
        {found.length === 0 && <EmptyState icon="person" title={t('people.none')} />}
        <ul>
          {found.map((user) => (
            <Person key={user.id} user={user} />
          ))}
        </ul>
      </Card>
    </>
  )
}

function isFound({ name, username, id }: User, q: string): boolean {
  const words = q.trim().toLowerCase().replace(/^@/, '')
  return [name, username, id].some((text) => text?.toLowerCase().includes(words))
}

function Person({ user }: { user: User }) {
  const { t } = useTranslation()
  const me = useMe()
  const say = useToast()
  const [wanted, setWanted] = useState<User['role'] | null>(null)
  const change = useChange(
    (role: User['role']) => setRole(user.id, role),
    [['users'], ['me']],
    () => {
      setWanted(null)
      say({ text: t('people.changed', { name: user.name }), tone: 'good' })
    },
    (problem) => {
      setWanted(null)
      return problem.code === 'CONFLICT' ? t('people.fixed') : undefined
    },
  )
  return (
    <li className={cx(rows['row'], css['person'])}>
      <Avatar name={user.name} />
      <div className={rows['what']}>
        <b dir="auto">
          {user.name}
          {user.id === me.id && ` (${t('people.you')})`}
        </b>
        <small>{[user.username && `@${user.username}`, user.id].filter(Boolean).join(' · ')}</small>
      </div>
      <select
        className={rows['select']}
        aria-label={t('people.role_of', { name: user.name })}
        value={user.role}
        disabled={change.isPending}
        onChange={({ target }) => {
          const role = ROLES.find((one) => one === target.value)
          if (role === 'admin' || user.role === 'admin') setWanted(role ?? null)
          else if (role) change.mutate(role)
        }}
      >
        {ROLES.map((role) => (
          <option key={role} value={role}>
            {t(`role.${role}`)}
          </option>
        ))}
      </select>
      {wanted && (
        <Confirm
          title={t('people.confirm', { name: user.name, role: t(`role.${wanted}`) })}
          action={t('people.give')}
          isBusy={change.isPending}
          onConfirm={() => change.mutate(wanted)}
          onClose={() => setWanted(null)}
        >
          {t(`people.may.${wanted}`)}
        </Confirm>
      )}
    </li>
  )
}
