import { deploy } from './setup/set-up.ts'
import { WORLD } from './setup/world.ts'

/** `npm run deploy`: builds, migrates, deploys; settings stay as they are on Cloudflare. */
process.exit((await deploy(WORLD)) ? 0 : 1)
