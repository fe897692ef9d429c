import { Brand } from './brand.tsx'
import { ProjectSwitch } from './project-switch.tsx'
import css from './top-bar.module.css'
import { UserMenu } from './user-menu.tsx'

/** The head of the portal on a phone; on a desk the rail holds all of it. */
export function TopBar() {
  return (
    <header className={css['bar']}>
      <Brand />
      <ProjectSwitch />
      <div className={css['end']}>
        <UserMenu isWide={false} />
      </div>
    </header>
  )
}
