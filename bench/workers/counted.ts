import worker from '../../src/index.ts'
import * as real from '../../src/index.ts'

export {
  AggregateInsights,
  GenerateReport,
  ReconcileLeads,
  RenewMetaToken,
} from '../../src/index.ts'

/** The Worker itself, with every row written and every request to an object counted. */
const counts = { objectRows: 0, d1Rows: 0, objectRequests: 0, alarms: 0 }

type ObjectClass = new (ctx: DurableObjectState, env: Env) => object

export const Lead = counted(real.Lead)
export const Conversation = counted(real.Conversation)
export const Page = counted(real.Page)
export const Connection = counted(real.Connection)
export const Board = counted(real.Board)
export const Watch = counted(real.Watch)

export default {
  ...worker,
  async fetch(request, env, ctx) {
    const { pathname } = new URL(request.url)
    if (pathname === '/api/bench/counts') return Response.json(counts)
    if (pathname !== '/api/bench/sql') return worker.fetch(request, env, ctx)
    const statements = await request.json<{ sql: string; values: unknown[] }[]>()
    const all = statements.map(({ sql, values }) => env.DB.prepare(sql).bind(...values))
    return Response.json((await env.DB.batch(all)).map(({ results }) => results))
  },
} satisfies ExportedHandler<Env>

function counted(base: ObjectClass): ObjectClass {
  for (const name of Object.getOwnPropertyNames(base.prototype)) {
    const method = Object.getOwnPropertyDescriptor(base.prototype, name)?.value
    if (typeof method !== 'function' || name === 'constructor' || name === 'onStart') continue
    Object.defineProperty(base.prototype, name, {
      value(this: unknown, ...args: unknown[]) {
        if (name === 'alarm') counts.alarms += 1
        else counts.objectRequests += 1
        return method.apply(this, args)
      },
    })
  }
  return class extends base {
    constructor(ctx: DurableObjectState, env: Env) {
      countRows(ctx.storage)
      super(ctx, { ...env, DB: countedD1(env.DB) })
    }
  }
}

const seen = new WeakSet<object>()

/** All objects share one class of storage: it is counted once for all of them. */
function countRows(storage: DurableObjectStorage): void {
  const sql = Object.getPrototypeOf(storage.sql)
  if (seen.has(sql)) return
  seen.add(sql)
  const { exec } = sql
  sql.exec = function counting(this: SqlStorage, ...args: Parameters<SqlStorage['exec']>) {
    const cursor = exec.apply(this, args)
    // Miniflare writes every object's name down as it begins; on Cloudflare nobody does.
    if (!args[0].includes('__miniflare_do_name')) counts.objectRows += cursor.rowsWritten
    return cursor
  }
  // An alarm set or deleted is a row written.
  const timer = Object.getPrototypeOf(storage)
  for (const name of ['setAlarm', 'deleteAlarm']) {
    const change = timer[name]
    timer[name] = function counting(this: DurableObjectStorage, ...args: unknown[]) {
      counts.objectRows += 1
      return change.apply(this, args)
    }
  }
}

function countedD1(db: D1Database): D1Database {
  return new Proxy(db, {
    get(target, name) {
      if (name === 'prepare') return (sql: string) => countedStatement(target.prepare(sql))
      if (name !== 'batch') return Reflect.get(target, name).bind(target)
      return async (statements: D1PreparedStatement[]) => {
        const results = await target.batch(statements.map((one) => bare.get(one) ?? one))
        for (const { meta } of results) counts.d1Rows += meta.rows_written
        return results
      }
    },
  })
}

/** D1 takes its own statements only. */
const bare = new WeakMap<D1PreparedStatement, D1PreparedStatement>()

function countedStatement(statement: D1PreparedStatement): D1PreparedStatement {
  const counting = new Proxy(statement, {
    get(target, name) {
      if (name === 'bind') return (...values: unknown[]) => countedStatement(target.bind(...values))
      if (name !== 'run' && name !== 'all' && name !== 'first') {
        return Reflect.get(target, name).bind(target)
      }
      return async (column?: string) => {
        const result = await target.all()
        counts.d1Rows += result.meta.rows_written
        if (name !== 'first') return result
        const row = result.results[0] ?? null
        return column === undefined || row === null ? row : row[column]
      }
    },
  })
  bare.set(counting, statement)
  return counting
}
