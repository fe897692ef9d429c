import { globSync, readFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'

/**
 * Everything that a Worker on this machine keeps in a folder, as one text: the rows of its
 * databases, objects and workflows, and the files of KV and R2. Rows that were deleted are no part.
 */
export function storedIn(folder: string): string {
  const databases = globSync(`${folder}/**/*.sqlite`).flatMap(rowsOf)
  const blobs = globSync(`${folder}/**/blobs/*`).map((file) => readable(readFileSync(file)))
  return [...databases, ...blobs].join('\n')
}

function rowsOf(file: string): string[] {
  using database = new DatabaseSync(file, { readOnly: true })
  const tables = database.prepare(`SELECT name FROM sqlite_schema WHERE type = 'table'`).all()
  return tables.flatMap(({ name }) => {
    const rows = database.prepare(`SELECT * FROM "${String(name)}"`)
    rows.setReadBigInts(true)
    return rows.all().flatMap((row) => Object.values(row).map(readable))
  })
}

/** A value as text; in one that was serialised every second byte of a text may be empty. */
function readable(value: unknown): string {
  if (!(value instanceof Uint8Array)) return String(value)
  return Buffer.from(value).toString('utf8').replaceAll('\0', '')
}
