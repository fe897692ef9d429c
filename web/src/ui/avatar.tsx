import css from './avatar.module.css'
import { initialsOf } from './initials.ts'

/** A person as the first letters of their name. */
export function Avatar({ name }: { name: string }) {
  return (
    <span className={css['avatar']} aria-hidden="true">
      {initialsOf(name)}
    </span>
  )
}
