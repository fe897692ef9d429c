import { setTimeout as pause } from 'node:timers/promises'
import { buildPortal, ROOT } from '../run-tool.ts'
import type { SetupDeps } from './set-up.ts'
import { runWrangler } from './wrangler.ts'

/** The world as it is: this project's wrangler, this terminal, `.dev.vars`. */
export const WORLD: SetupDeps = {
  wrangler: runWrangler,
  buildPortal,
  print: (line) => console.log(line),
  patience: { tries: 30, pause: () => pause(3_000) },
  env: process.env,
  file: `${ROOT}.dev.vars`,
  example: `${ROOT}.dev.vars.example`,
}
