import type { Arena } from './arena.ts'
import { post, quantile, signed } from './http.ts'
import { memoryOf } from './memory.ts'
import type { Figure } from './run.ts'
import { PAGE_ID } from './servers.ts'

const LEADS = 10_000
/** As many leads as a page of Meta's list has. */
const A_PAGE = 100
/** After so many everything that stays is there: code, caches, and objects that are not let go yet. */
const WARM = 2_000
const MIDDLE = 6_000
const SAMPLE_MS = 100

/** Over so many leads before a mark memory is looked at: it goes up and down as garbage comes and goes. */
const AROUND = 500

/**
 * Ten thousand leads that no webhook told of: the page compares Meta's list with what it holds, makes
 * them and shows their cards. What is taken in page by page must not stay in memory.
 */
export async function takeInMissed(arena: Arena): Promise<Figure[]> {
  const { worker, workerd, settings, servers } = arena
  servers.leavesLeads(LEADS)
  const [before, pagesBefore] = [servers.sent(), servers.leadPages()]
  const samples: { shown: number; memory: number }[] = []
  const sampling = setInterval(
    () => samples.push({ shown: servers.sent() - before, memory: memoryOf(workerd) }),
    SAMPLE_MS,
  )
  const begun = performance.now()
  // A webhook that does not say what has happened: the page looks for it.
  const entry = [{ id: PAGE_ID, time: 1, changed_fields: ['leadgen'] }]
  const body = JSON.stringify({ object: 'page', entry })
  await post(`${worker}/meta/webhook`, body, signed(settings.META_APP_SECRET, body))
  await servers.reached(before + LEADS)
  const seconds = (performance.now() - begun) / 1_000
  clearInterval(sampling)
  const pages = servers.leadPages() - pagesBefore
  const at = (count: number) => {
    const close = samples.filter(({ shown }) => shown > count - AROUND && shown <= count)
    return quantile(
      close.map(({ memory }) => memory),
      0.5,
    )
  }
  const beside = (count: number, bound: string | null): Figure => ({
    name: `memory after ${count} missed leads`,
    value: at(count),
    unit: 'MB',
    floor: at(WARM),
    ratio: at(count) / at(WARM),
    bound,
  })
  return [
    {
      name: 'reconcile, lists of Meta',
      value: pages,
      unit: 'pages',
      floor: LEADS / A_PAGE,
      ratio: (pages * A_PAGE) / LEADS,
      bound: 'exactly 1',
    },
    figure('reconcile, leads taken in', LEADS / seconds, 'leads/s'),
    figure(`memory after ${WARM} missed leads`, at(WARM), 'MB'),
    beside(MIDDLE, null),
    beside(LEADS, 'at most 1.3'),
  ]
}

function figure(name: string, value: number, unit: string): Figure {
  return { name, value, unit, floor: null, ratio: null, bound: null }
}
