import type { ComponentProps } from 'react'
import { Link } from 'react-router'
import css from './button.module.css'
import { cx } from './cx.ts'
import { Icon, type IconName } from './icon.tsx'

interface Look {
  look?: 'primary' | 'soft' | 'quiet' | 'plain' | 'danger'
  size?: 'normal' | 'small'
  icon?: IconName
  /** Where there is little room only the icon is seen. */
  isCompact?: boolean
}

type ButtonProps = Look & { isBusy?: boolean } & Omit<ComponentProps<'button'>, 'className'>

/** Something to press; while it is busy it cannot be pressed again. */
export function Button(props: ButtonProps) {
  const { look, size, icon, isBusy = false, isCompact = false, children, ...rest } = props
  return (
    <button
      type="button"
      {...rest}
      className={classOf(
        { look, size },
        isBusy && css['busy'],
        !children && css['bare'],
        isCompact && css['compact'],
      )}
      disabled={rest.disabled === true || isBusy}
      aria-busy={isBusy}
    >
      {icon && <Icon name={icon} />}
      {children && <span className={css['label']}>{children}</span>}
    </button>
  )
}

type LinkProps = Look & Omit<ComponentProps<typeof Link>, 'className'>

/** A place in the portal to go to, with the look of a button. */
export function ButtonLink({ look, size, icon, children, ...rest }: LinkProps) {
  return (
    <Link {...rest} className={classOf({ look, size })}>
      {icon && <Icon name={icon} />}
      <span className={css['label']}>{children}</span>
    </Link>
  )
}

type AnchorProps = Look & Omit<ComponentProps<'a'>, 'className'>

/** An address outside of the portal's pages (a file, a call, Facebook), with the look of a button. */
export function ButtonAnchor({ look, size, icon, children, ...rest }: AnchorProps) {
  return (
    <a {...rest} className={classOf({ look, size })}>
      {icon && <Icon name={icon} />}
      <span className={css['label']}>{children}</span>
    </a>
  )
}

function classOf(
  { look = 'quiet', size = 'normal' }: { [Name in 'look' | 'size']: Look[Name] | undefined },
  ...further: (string | false | undefined)[]
): string {
  return cx(css['button'], css[look], css[size], ...further)
}
