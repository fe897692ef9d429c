import { parseArgs } from 'node:util'
import { setUp } from './setup/set-up.ts'
import { WORLD } from './setup/world.ts'

/**
 * `npm run setup`: a real deployment on your own Cloudflare account; it can be run any number of
 * times. Settings come from .dev.vars or the environment; `--url https://…` is for a domain of your
 * own, the same as PUBLIC_URL.
 */
const { values } = parseArgs({ options: { url: { type: 'string' } } })
const isGood = await setUp(WORLD, values.url?.replace(/\/+$/, ''))
console.log(
  isGood
    ? '\nAll is set. Write /start to your bot, then /portal.'
    : '\nSomething is missing (✗). Mend it and run npm run setup again: what is done stays done.',
)
process.exit(isGood ? 0 : 1)
