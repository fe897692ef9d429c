import { callbackMethods } from './callback.ts'
import { chatMethods } from './chats.ts'
import { commandMethods } from './commands.ts'
import { editMethods } from './edit.ts'
import { fileMethods } from './files.ts'
import { menuButtonMethods } from './menu-button.ts'
import type { Method } from './method.ts'
import { sendMethods } from './send.ts'
import { topicMethods } from './topics.ts'
import { webhookMethods } from './webhook.ts'

const NAMED: Record<string, Method> = {
  ...webhookMethods,
  ...chatMethods,
  ...sendMethods,
  ...editMethods,
  ...callbackMethods,
  ...fileMethods,
  ...topicMethods,
  ...commandMethods,
  ...menuButtonMethods,
}

/** Every method of the Bot API that the stand-in has; method names know no case. */
export const METHODS: ReadonlyMap<string, { name: string; run: Method }> = new Map(
  Object.entries(NAMED).map(([name, run]) => [name.toLowerCase(), { name, run }]),
)
