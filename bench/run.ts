import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import { acknowledgeBatch, acknowledgeOne } from './acknowledge.ts'
import { type Arena, setArena } from './arena.ts'
import { readInsights } from './insights.ts'
import { countCosts, showLeads } from './leads.ts'
import { takeInMissed } from './reconcile.ts'
import { answerClient, countLife, pressButton } from './telegram.ts'

/** `npm run bench [-- NAME] [-- --json]`: every figure beside a floor measured in the same run. */

/** One figure; `ratio` is to the floor, and says what has to hold. */
export interface Figure {
  name: string
  value: number
  unit: string
  floor: number | null
  ratio: number | null
  /** What the ratio has to keep to. */
  bound: string | null
}

const BENCHES: Record<string, (arena: Arena) => Promise<Figure[]>> = {
  // First: statistics count leads too, and cards of others would have their ages changed meanwhile.
  insights: readInsights,
  'show-leads': showLeads,
  'acknowledge-one': acknowledgeOne,
  'acknowledge-batch': acknowledgeBatch,
  press: pressButton,
  answer: answerClient,
  costs: countCosts,
  life: countLife,
  reconcile: takeInMissed,
}

const { values, positionals } = parseArgs({
  options: { json: { type: 'boolean' } },
  allowPositionals: true,
})
const names = positionals.length > 0 ? positionals : Object.keys(BENCHES)
const unknown = names.filter((name) => !Object.hasOwn(BENCHES, name))
if (unknown.length > 0) {
  console.error(
    `There is no bench ${unknown.join(', ')}; there are ${Object.keys(BENCHES).join(', ')}`,
  )
  process.exit(1)
}

if (!values.json) console.log(`Node ${process.version}, ${availableParallelism()} cores\n`)
const arena = await setArena()
try {
  for (const name of names) {
    for (const figure of (await BENCHES[name]?.(arena)) ?? []) print(figure)
  }
} finally {
  await arena.clear()
}
process.exit(0)

function print(figure: Figure): void {
  if (values.json) {
    const { bound: _bound, ...shown } = figure
    return console.log(JSON.stringify(shown))
  }
  const { name, value, unit, floor, ratio, bound } = figure
  const number = `${rounded(value)} ${unit}`
  const beside = floor === null ? '' : `floor ${rounded(floor)}, ratio ${rounded(ratio ?? NaN)}`
  console.log(`${name.padEnd(34)} ${number.padEnd(22)} ${beside.padEnd(30)} ${bound ?? ''}`)
}

function rounded(number: number): string {
  return number >= 100 ? number.toFixed(0) : number.toFixed(2)
}
