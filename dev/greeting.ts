import { type DemoLinks, PEOPLE } from './demo.ts'

export interface Places {
  links: DemoLinks
  standIns: string
  /** Where people open the portal. */
  portal: string
  isWatching: boolean
}

/** What is printed when everything runs: what to open, and what to try. */
export function greeting({ links, standIns, portal, isWatching }: Places): string {
  const { groupId, topicId } = links
  const chat = (user: number, place: number, thread?: number) =>
    `${standIns}/?as=${user}&chat=${place}${thread === undefined ? '' : `&thread=${thread}`}`
  return `
TargetBot is running. Open:

  Chats
    the client        ${chat(PEOPLE.client.id, PEOPLE.client.id)}
    manager Olim      ${chat(PEOPLE.olim.id, groupId, topicId)}
    manager Nodira    ${chat(PEOPLE.nodira.id, groupId, topicId)}
    the admin         ${chat(PEOPLE.admin.id, PEOPLE.admin.id)}

  Facebook
    a lead form       ${standIns}/meta/forms

  The portal
    as admin          ${at(portal, links.admin)}
    as manager        ${at(portal, links.manager)}
    as client         ${at(portal, links.client)}

  The API
    to read and try   ${portal}/api/docs  (as whom you have opened the portal)

${isWatching ? WATCHING : TRY}
`
}

/** A link that was given at another address of the same portal. */
function at(portal: string, link: string): string {
  const { pathname, search } = new URL(link)
  return portal + pathname + search
}

const TRY = `Try this:
  1. As the client send /lead, answer, and press «Отправить».
  2. As Olim press «Взять» below the card, then «Успех». Nodira sees it change; the client is told.
  3. Send a Facebook form; its card comes to the same topic.
  4. In the portal see both, the cost per lead and CTR; under «Отчёты» make a report and open it.

Everything is kept in .targetbot; npm start -- --fresh begins anew. Ctrl-C ends it all.`

const WATCHING = `What you change in web/ is in the browser at once; for the rest the Worker starts anew by itself.
Everything is kept in .targetbot; npm run dev -- --fresh begins anew. Ctrl-C ends it all.`
