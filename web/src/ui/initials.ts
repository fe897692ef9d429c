/** The first letters of the first two words of a name. */
export function initialsOf(name: string): string {
  const words = name.match(/\p{L}[\p{L}\p{M}’ʻ‘'-]*/gu) ?? []
  return words
    .slice(0, 2)
    .map((word) => word.slice(0, 1).toUpperCase())
    .join('')
}
