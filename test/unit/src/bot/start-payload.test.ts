import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { packStart, unpackStart } from '../../../../src/bot/start-payload.ts'

const UUID = 'f47ac10b-58cc-4372-a567-0e02b2c3d479'
const nowhere = { projectId: null, campaignId: null, source: null }

describe('the payload of a link to the bot', () => {
  it.each([
    ['main', { ...nowhere, projectId: 'main' }],
    ['main_120210001', { ...nowhere, projectId: 'main', campaignId: '120210001' }],
    ['main__instagram', { ...nowhere, projectId: 'main', source: 'instagram' }],
    ['_120210001_facebook', { ...nowhere, campaignId: '120210001', source: 'facebook' }],
    ['main_1_insta_story', { projectId: 'main', campaignId: '1', source: 'insta_story' }],
    ['instagram', { ...nowhere, source: 'instagram' }],
    ['insta_story', { ...nowhere, source: 'insta_story' }],
    [UUID, { ...nowhere, projectId: UUID }],
    [`${UUID}_1`, { ...nowhere, projectId: UUID, campaignId: '1' }],
  ])('%s says where somebody comes from', (payload, origin) => {
    expect(unpackStart(payload)).toEqual(origin)
  })

  it.each(['', 'inv_0123', 'a b', 'main&x', 'я', 'x'.repeat(65)])('%j says nothing', (payload) => {
    expect(unpackStart(payload)).toBeNull()
  })

  it('says what was packed, within the 64 characters that Telegram takes', () => {
    const word = fc.stringMatching(/^[A-Za-z0-9-]{1,12}$/)
    const origin = fc.record({
      projectId: fc.oneof(fc.constant('main'), fc.uuid(), fc.constant(null)),
      campaignId: fc.option(fc.stringMatching(/^[0-9]{1,20}$/)),
      source: fc.option(word),
    })
    fc.assert(
      fc.property(origin, (from) => {
        const payload = packStart(from)
        fc.pre(payload !== null)
        expect(payload.length).toBeLessThanOrEqual(64)
        expect(unpackStart(payload)).toEqual(from)
      }),
    )
  })

  it('holds a project, a campaign and a source together', () => {
    const origin = {
      projectId: UUID,
      campaignId: '12021000000000000001',
      source: 'instagram_story',
    }
    expect(unpackStart(packStart(origin) ?? '')).toEqual(origin)
  })

  it('is not packed from what it cannot say', () => {
    expect(packStart({ ...nowhere, projectId: 'some' })).toBeNull()
    expect(packStart({ ...nowhere, campaignId: '1_2' })).toBeNull()
    expect(packStart({ ...nowhere, source: 'по-русски' })).toBeNull()
    expect(packStart({ ...nowhere, source: 'x'.repeat(70) })).toBeNull()
  })

  it('never breaks on what anybody may write', () => {
    const anything = fc.oneof(fc.string(), fc.stringMatching(/^[\w-]{1,70}$/))
    fc.assert(
      fc.property(anything, (payload) => {
        expect(() => unpackStart(payload)).not.toThrow()
      }),
    )
  })
})
