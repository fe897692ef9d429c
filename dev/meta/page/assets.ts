import { readFileSync } from 'node:fs'
import { raw } from 'hono/html'

const FILES = {
  'dialog.css': new URL('./dialog.css', import.meta.url),
  'forms.css': new URL('./forms.css', import.meta.url),
  'form.js': new URL('./form.js', import.meta.url),
  'panel.js': new URL('./panel.js', import.meta.url),
}

type AssetName = keyof typeof FILES

/** A stylesheet or script of the pages, read anew each time so that editing it needs no restart. */
export function asset(name: AssetName) {
  return raw(assetText(name))
}

/** The text of an asset. */
export function assetText(name: AssetName): string {
  return readFileSync(FILES[name], 'utf8')
}

/** Whether there is an asset of this name. */
export function isAsset(name: string): name is AssetName {
  return name in FILES
}
