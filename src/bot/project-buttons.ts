import { InlineKeyboard } from 'grammy/web'
import type { Locale } from '../locales.ts'
import type { Project } from '../store/projects.ts'
import { packPress } from './callback-data.ts'
import { projectName } from './texts.ts'

/** More projects than fit below a message are seen to in the portal. */
const MAX_CHOICES = 50

/** A button for each project, which names it to what asks. */
export function projectButtons(
  verb: 'bind' | 'report',
  projects: Project[],
  locale: Locale,
): InlineKeyboard {
  return InlineKeyboard.from(
    projects
      .slice(0, MAX_CHOICES)
      .map(({ id, name }) => [
        InlineKeyboard.text(projectName(name, locale).slice(0, 60), packPress({ verb, id })),
      ]),
  )
}
