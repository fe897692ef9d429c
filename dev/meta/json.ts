/** JSON as Meta's encoder writes it: non-ASCII as lowercase `\uXXXX`, `/` as `\/`, `@` as `\u0040`. */
export function metaJson(value: unknown): string {
  return JSON.stringify(value).replaceAll(/[/@\u0080-\uffff]/g, (char) =>
    char === '/' ? '\\/' : `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
