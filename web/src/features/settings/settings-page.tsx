import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { Navigate, NavLink, useParams } from 'react-router'
import { Page } from '../../ui/page.tsx'
import { Facebook } from './facebook.tsx'
import { HealthSection } from './health-section.tsx'
import { Keys } from './keys.tsx'
import { People } from './people.tsx'
import { ProjectSection } from './project-section.tsx'
import css from './settings-page.module.css'

const SECTIONS = {
  people: People,
  facebook: Facebook,
  project: ProjectSection,
  keys: Keys,
  health: HealthSection,
} as const

const NAMES = ['people', 'facebook', 'project', 'keys', 'health'] as const

/** What admins set: who may what, where leads and numbers come from, and how everything is. */
export default function SettingsPage() {
  const { t } = useTranslation()
  const { section } = useParams()
  const tabs = useRef<HTMLElement>(null)
  useEffect(() => {
    // On a phone the tabs are wider than the screen.
    const tab = tabs.current?.querySelector(`[href$='/${section}']`)
    tab?.scrollIntoView({ block: 'nearest', inline: 'center' })
  }, [section])
  const name = NAMES.find((one) => one === section)
  if (!name) return <Navigate to="/settings/people" replace />
  const Section = SECTIONS[name]
  return (
    <Page title={t('nav.settings')}>
      <nav ref={tabs} className={css['tabs']} aria-label={t('settings.label')}>
        {NAMES.map((one) => (
          <NavLink key={one} to={`/settings/${one}`} className={css['tab'] ?? ''}>
            {t(`settings.${one}`)}
          </NavLink>
        ))}
      </nav>
      <div className={css['section']}>
        <Section />
      </div>
    </Page>
  )
}
