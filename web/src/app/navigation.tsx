import { useTranslation } from 'react-i18next'
import { NavLink } from 'react-router'
import { useMe } from '../session.ts'
import { cx } from '../ui/cx.ts'
import { Icon } from '../ui/icon.tsx'
import { Brand } from './brand.tsx'
import { placesFor } from './places.ts'
import css from './navigation.module.css'
import { ProjectSwitch } from './project-switch.tsx'
import { UserMenu } from './user-menu.tsx'

/** The ways through the portal: tabs at the bottom of a phone, a rail beside the page on a desk. */
export function Navigation() {
  const { t } = useTranslation()
  const { scopes, role } = useMe()
  const places = placesFor(scopes)
  return (
    <div className={cx(css['rail'], places.length < 2 && css['single'])}>
      <div className={css['top']}>
        <Brand />
        <ProjectSwitch />
      </div>
      <nav className={css['places']} aria-label={t('nav.label')}>
        {places.map(({ to, name }) => (
          <NavLink key={to} to={to} end={to === '/'} className={css['place'] ?? ''}>
            <Icon name={name} size={20} />
            <span>
              {name === 'leads' && role === 'client' ? t('nav.my_leads') : t(`nav.${name}`)}
            </span>
          </NavLink>
        ))}
      </nav>
      <div className={css['bottom']}>
        <UserMenu isWide />
      </div>
    </div>
  )
}
