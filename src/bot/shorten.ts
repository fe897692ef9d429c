import { escapeHtml } from './texts.ts'

const segmenter = new Intl.Segmenter()

/** Cuts between what people see as characters: an emoji stays whole. */
export function shorten(value: string, max: number): string {
  if (value.length <= max) return value
  let short = ''
  for (const { segment } of segmenter.segment(value)) {
    if (short.length + segment.length >= max) break
    short += segment
  }
  return `${short}…`
}

/** Cut to a length and escaped, for a message in HTML. */
export function cut(value: string, max: number): string {
  return escapeHtml(shorten(value, max))
}
