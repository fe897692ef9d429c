import { isRecord } from '../../api/answer.ts'

/** Goes along with the way from the list to a lead, so that the way back is the browser's own. */
export const FROM_LIST = { isFromList: true }

/** Whether a place was come to from the list. */
export function isFromList(state: unknown): boolean {
  return isRecord(state) && state['isFromList'] === true
}
