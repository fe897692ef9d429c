import { useQuery } from '@tanstack/react-query'
import { type ReactNode, Suspense, useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { Navigate, Outlet, useLocation } from 'react-router'
import { meQuery, type Scope } from '../api/get-me.ts'
import { useCan, useMe, useProjectId } from '../session.ts'
import { ErrorState } from '../ui/error-state.tsx'
import { SkeletonList } from '../ui/skeleton.tsx'
import { Navigation } from './navigation.tsx'
import { NotFoundPage } from './not-found-page.tsx'
import { OfflineNotice } from './offline-notice.tsx'
import { LiveLeads, preloadPages } from './pages.ts'
import css from './shell.module.css'
import { TopBar } from './top-bar.tsx'

/** What surrounds every page of somebody who is signed in; the rest are sent to sign in. */
export function Shell() {
  // Who this is was asked before there was anything to show; a refusal is not asked for twice.
  const me = useQuery({ ...meQuery, retryOnMount: false })
  if (me.error?.code === 'UNAUTHORIZED') return <Navigate to="/sign-in" replace />
  if (me.data) return <Frame />
  return (
    <main className={css['alone']}>
      {me.error ? (
        <ErrorState problem={me.error} retry={me.refetch} />
      ) : (
        <SkeletonList rows={4} height={88} />
      )}
    </main>
  )
}

function Frame() {
  const { t } = useTranslation()
  const main = useMainOfPage()
  const projectId = useProjectId()
  const can = useCan()
  useEffect(preloadPages, [])
  return (
    <div className={css['frame']}>
      <a className={css['skip']} href="#main">
        {t('nav.skip')}
      </a>
      <TopBar />
      <Navigation />
      <main id="main" ref={main} tabIndex={-1} className={css['main']}>
        <OfflineNotice />
        <Suspense fallback={<SkeletonList rows={4} height={88} />}>
          <Outlet />
        </Suspense>
      </main>
      {can('leads:work') && (
        <Suspense>
          <LiveLeads key={projectId} projectId={projectId} />
        </Suspense>
      )}
    </div>
  )
}

/** A page begins at its top, and with the focus in it, for those who do not see that it has changed. */
function useMainOfPage() {
  const main = useRef<HTMLElement>(null)
  const [, section = ''] = useLocation().pathname.split('/')
  const last = useRef(section)
  useEffect(() => {
    if (last.current === section) return
    last.current = section
    scrollTo(0, 0)
    // What has taken the focus by itself, as an open lead does, keeps it.
    if (main.current?.contains(document.activeElement)) return
    main.current?.focus({ preventScroll: true })
  }, [section])
  return main
}

interface AllowedProps {
  scope: Scope
  otherwise?: ReactNode
  children: ReactNode
}

/** A page for those who may see it. */
export function Allowed({ scope, otherwise = <NotFoundPage />, children }: AllowedProps) {
  return useMe().scopes.includes(scope) ? children : otherwise
}
