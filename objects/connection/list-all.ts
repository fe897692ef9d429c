import type { z } from 'zod'
import type { MetaAnswer } from '../../src/meta/answer.ts'
import * as replies from '../../src/meta/replies.ts'
import type { Caller, Door } from './door.ts'

/** Every item of a list, page after page. */
export async function listAll<Item extends z.ZodType>(
  door: Door,
  item: Item,
  caller: Caller,
  scope: string,
  path: string,
  params: Record<string, string>,
): Promise<MetaAnswer<z.infer<Item>[]>> {
  const items: z.infer<Item>[] = []
  let after: string | null = null
  do {
    const answer: MetaAnswer<{ items: z.infer<Item>[]; after: string | null }> = await door.call(
      replies.listReply(item),
      caller,
      scope,
      { path, params: { limit: '100', ...params, ...(after === null ? {} : { after }) } },
    )
    if (!answer.ok) return answer
    items.push(...answer.value.items)
    after = answer.value.after
  } while (after !== null)
  return { ok: true, value: items }
}
