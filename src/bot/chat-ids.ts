/** Supergroups have ids of their own below this; above it are ordinary groups (Telegram Bot API). */
const SUPERGROUPS_FROM = -1_000_000_000_000

/** Whether a group can have become this other one: only ordinary groups do, and only supergroups. */
export function canBecome(from: string, to: string): boolean {
  return isGroup(from) && Number(to) < SUPERGROUPS_FROM
}

/** An ordinary group, that may become a supergroup with another id. */
export function isGroup(chatId: string): boolean {
  const id = Number(chatId)
  return id < 0 && id > SUPERGROUPS_FROM
}
