import type { BotContext } from './context.ts'
import { formOpened } from './features/lead-form.ts'

/** What an errand has found out and a conversation decides about, in its turn. */
const LEARNED = { formOpened }

type Name = keyof typeof LEARNED

/** Something learned, as it waits for its turn. */
export type Learned = { [N in Name]: { name: N; args: Parameters<(typeof LEARNED)[N]>[1] } }[Name]

/** Changes the turn's memory by what was learned, and fills in what is owed for it. */
export function learn({ name, args }: Learned, ctx: BotContext): void {
  LEARNED[name](ctx, args)
}
