import { packStart } from '../src/bot/start-payload.ts'
import { type DemoLinks, PEOPLE } from './demo.ts'
import { CAMPAIGNS } from './meta/world/ads.ts'

export interface Places {
  links: DemoLinks
  standIns: string
  /** Where people open the portal. */
  portal: string
  isWatching: boolean
}

/** What is printed when everything runs: what to open, and what to try. */
export function greeting({ links, standIns, portal, isWatching }: Places): string {
  const team = ({ id }: { id: number }) => `as=${id}&chat=${links.groupId}&thread=${links.topicId}`
  const chat = (...phones: string[]) => `${standIns}/?${phones.join('&')}`
  return `
TargetBot is running. Open:

  Chats
    the client        ${chat(own(PEOPLE.client))}
    manager Olim      ${chat(team(PEOPLE.olim))}
    manager Nodira    ${chat(team(PEOPLE.nodira))}
    both managers     ${chat(team(PEOPLE.olim), team(PEOPLE.nodira))}
    the admin         ${chat(own(PEOPLE.admin))}
    a client in Uzbek ${chat(own(PEOPLE.uzbek))}
    new, from an ad   ${chat(own(PEOPLE.newcomer), `start=${FROM_AD}`)}

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

/** What the link below an advertisement on Instagram says of it. */
const FROM_AD = packStart({
  projectId: 'main',
  campaignId: CAMPAIGNS[0]?.id ?? null,
  source: 'instagram',
})

/** Somebody's own chat with the bot. */
const own = ({ id }: { id: number }) => `as=${id}&chat=${id}`

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
  5. With both managers open, press «Стенд», then «300 заявок за минуту»: the cards come at the pace
     that Telegram allows. Switch «Telegram недоступен» on and off: nothing is lost, nothing comes twice.
  6. Beside the lead forms press «Убить токен» and send a form: its card waits for details, and the
     admin is told why, with a button. Press it, allow the app again: the card fills in by itself.

Everything is kept in .targetbot; npm start -- --fresh begins anew. Ctrl-C ends it all.`

const WATCHING = `What you change in web/ is in the browser at once; for the rest the Worker starts anew by itself.
Everything is kept in .targetbot; npm run dev -- --fresh begins anew. Ctrl-C ends it all.`
