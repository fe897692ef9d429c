import { readFileSync } from 'node:fs'

/** The processes of workerd among those that a process has started, by Linux's /proc. */
export function workerdOf(pid: number): number[] {
  const found = descendantsOf(pid).filter((one) => read(`/proc/${one}/comm`).trim() === 'workerd')
  if (found.length === 0) throw new Error('there is no process of workerd')
  return found
}

/** Memory that processes hold now (VmRSS), MB. */
export function memoryOf(pids: number[]): number {
  const kilobytes = pids.map((pid) => {
    const [, size] = /VmRSS:\s+(\d+) kB/.exec(read(`/proc/${pid}/status`)) ?? []
    return Number(size)
  })
  return kilobytes.reduce((sum, one) => sum + one, 0) / 1_024
}

function descendantsOf(pid: number): number[] {
  const children = read(`/proc/${pid}/task/${pid}/children`).split(' ').filter(Boolean).map(Number)
  return children.flatMap((child) => [child, ...descendantsOf(child)])
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    // It has ended meanwhile, or this is no Linux: nothing is found there.
    return ''
  }
}
