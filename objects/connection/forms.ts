import type { MetaAnswer } from '../../src/meta/answer.ts'
import * as replies from '../../src/meta/replies.ts'
import type { MetaForm } from '../../src/store/forms.ts'
import type { Door } from './door.ts'
import { listAll } from './list-all.ts'

/** With their questions forms are large: so many at a time. */
const FORMS_A_PAGE = '50'

/** All forms of a page. */
export async function listForms(door: Door, pageId: string): Promise<MetaAnswer<MetaForm[]>> {
  const params = { fields: replies.FORM_FIELDS, limit: FORMS_A_PAGE }
  const path = `${pageId}/leadgen_forms`
  return listAll(door, replies.leadgenForm, `page:${pageId}`, pageId, path, params)
}

/** One form of a page. */
export async function readForm(
  door: Door,
  pageId: string,
  formId: string,
): Promise<MetaAnswer<MetaForm>> {
  const params = { fields: replies.FORM_FIELDS }
  return door.call(replies.leadgenForm, `page:${pageId}`, pageId, { path: formId, params })
}
