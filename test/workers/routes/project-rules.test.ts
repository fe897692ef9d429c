import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { projectSchema } from '../../../src/store/projects.ts'
import { openOutside } from '../outside.ts'
import { ask, errorOf, newKey, read } from '../worker.ts'

let admin: string
let projectId: string

beforeAll(async () => {
  admin = (await newKey('admin')).key
})

beforeEach(async () => {
  openOutside()
  const made = await ask('POST', '/api/projects', { key: admin, body: { name: 'Clinic' } })
  projectId = (await read(projectSchema, made)).id
})

async function change(rules: object): Promise<Response> {
  return ask('PATCH', `/api/projects/${projectId}`, { key: admin, body: { rules } })
}

describe('the rules of a project', () => {
  it('suit a small agency from the beginning', async () => {
    const project = await read(
      projectSchema,
      await ask('GET', `/api/projects/${projectId}`, { key: admin }),
    )
    expect(project.rules).toMatchObject({
      assignment: 'free',
      responseMinutes: 15,
      returnMinutes: null,
      summaryHour: 20,
      questions: [],
      workingHours: { mon: { from: '09:00', to: '20:00' }, daysOff: [] },
    })
  })

  it('are changed one by one, and the others stay', async () => {
    await change({ responseMinutes: 5, assignment: 'round_robin' })
    const question = { id: 'age', type: 'number', label: { ru: 'Возраст' } }
    const { rules } = await read(projectSchema, await change({ questions: [question] }))
    expect(rules).toMatchObject({ responseMinutes: 5, assignment: 'round_robin' })
    expect(rules.questions).toMatchObject([{ ...question, isRequired: false, options: [] }])
  })

  const label = { ru: 'Курс' }
  const question = { id: 'course', type: 'text', label }

  it.each([
    ['responseMinutes', { responseMinutes: 0 }],
    ['summaryHour', { summaryHour: 24 }],
    ['assignment', { assignment: 'by_mood' }],
    ['lostReasons', { lostReasons: ['x'.repeat(41)] }],
    ['workingHours.mon.to', { workingHours: { mon: { from: '18:00', to: '09:00' } } }],
    ['questions', { questions: [question, question] }],
    [
      'questions',
      { questions: Array.from({ length: 11 }, (_, n) => ({ ...question, id: `q${n}` })) },
    ],
    ['questions.0.options', { questions: [{ ...question, type: 'choice' }] }],
    ['questions.0.label', { questions: [{ ...question, label: {} }] }],
    ['colour', { colour: 'red' }],
  ])('are not changed by a wrong %s', async (field, rules) => {
    const response = await change(rules)
    expect(response.status).toBe(400)
    expect((await errorOf(response)).message).toContain(field)
  })
})
