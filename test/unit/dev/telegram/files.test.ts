import { InputFile } from 'grammy'
import { describe, expect, it } from 'vitest'
import { imageSize } from '../../../../dev/telegram/image-size.ts'
import { ANN, refusal, stage, TOKEN } from './stage.ts'

const MB = 1024 * 1024
const bytes = (text: string) => new TextEncoder().encode(text)

/** A PNG that is all header. */
function png(width: number, height: number, size = 64): Uint8Array {
  const image = Buffer.alloc(size)
  image.writeUInt32BE(0x89_50_4e_47, 0)
  image.writeUInt32BE(width, 16)
  image.writeUInt32BE(height, 20)
  return image
}

async function started() {
  const made = await stage({ webhook: false })
  made.telegram.say(ANN, ANN, { text: '/start' })
  const download = async (path = '') => fetch(`${made.root}/file/bot${TOKEN}/${path}`)
  return { ...made, download }
}

describe('a document', () => {
  it('comes in chunks, keeps its name, and can be had back', async () => {
    const { api, download } = await started()
    const content = bytes('имя;телефон\nАнна;+998901112233\n')
    const { document, caption } = await api.sendDocument(
      ANN,
      new InputFile(content, 'отчёт за май.csv'),
      {
        caption: '<b>Отчёт</b>',
        parse_mode: 'HTML',
      },
    )
    expect(document).toMatchObject({
      file_name: 'отчёт за май.csv',
      mime_type: 'text/csv',
      file_size: content.length,
    })
    expect(caption).toBe('Отчёт')
    const { file_path } = await api.getFile(document.file_id)
    const response = await download(file_path)
    expect(new Uint8Array(await response.arrayBuffer())).toEqual(content)
  })

  it('can be sent again by its id, to anybody', async () => {
    const { api, telegram } = await started()
    const first = await api.sendDocument(ANN, new InputFile(bytes('x'), 'a.pdf'))
    telegram.addUser({ id: 9, first_name: 'Gulnora', hasStarted: true })
    const again = await api.sendDocument(9, first.document.file_id)
    expect(again.document).toEqual(first.document)
  })

  it('may have a caption of 1024 characters, which can be edited', async () => {
    const { api } = await started()
    const send = (caption: string) =>
      api.sendDocument(ANN, new InputFile(bytes('x'), 'a.csv'), { caption })
    const { message_id } = await send('👍'.repeat(1024))
    expect(await refusal(send('x'.repeat(1025)))).toBe(
      '400 Bad Request: message caption is too long',
    )
    expect(await api.editMessageCaption(ANN, message_id, { caption: 'Новая' })).toMatchObject({
      caption: 'Новая',
    })
    expect(await api.editMessageCaption(ANN, message_id, {})).not.toHaveProperty('caption')
    expect(await refusal(api.editMessageText(ANN, message_id, 'x'))).toBe(
      '400 Bad Request: there is no text in the message to edit',
    )
  })

  it.each([
    ['no-such-file', '400 Bad Request: wrong file identifier/HTTP URL specified'],
    ['https://example.com/a.pdf', '400 Bad Request: failed to get HTTP URL content'],
    ['', '400 Bad Request: there is no document in the request'],
    ['attach://nothing', '400 Bad Request: there is no document in the request'],
  ])('is refused as %j: %s', async (document, words) => {
    const { api } = await started()
    expect(await refusal(api.sendDocument(ANN, document))).toBe(words)
  })

  it('is no caption for a text', async () => {
    const { api } = await started()
    const { message_id } = await api.sendMessage(ANN, 'x')
    expect(await refusal(api.editMessageCaption(ANN, message_id, { caption: 'y' }))).toBe(
      '400 Bad Request: there is no caption in the message to edit',
    )
  })

  it('over 20 MB can be sent but not fetched, over 50 MB not sent', async () => {
    const { api } = await started()
    const { document } = await api.sendDocument(
      ANN,
      new InputFile(new Uint8Array(20 * MB + 1), 'big.bin'),
    )
    expect(await refusal(api.getFile(document.file_id))).toBe('400 Bad Request: file is too big')
    expect(
      await refusal(api.sendDocument(ANN, new InputFile(new Uint8Array(50 * MB + 1), 'huge.bin'))),
    ).toBe(`413 Request Entity Too Large: file of size ${50 * MB + 1} is too big to be uploaded`)
  })
})

describe('a photo', () => {
  it('has its size in pixels', async () => {
    const { api } = await started()
    const { photo } = await api.sendPhoto(ANN, new InputFile(png(800, 600), 'a.png'))
    expect(photo).toMatchObject([{ width: 800, height: 600, file_size: 64 }])
  })

  it.each([
    ['no picture', bytes('x'.repeat(64)), 'IMAGE_PROCESS_FAILED'],
    ['a picture that is too long', png(2100, 100), 'PHOTO_INVALID_DIMENSIONS'],
    ['a picture that is too large', png(9000, 1001), 'PHOTO_INVALID_DIMENSIONS'],
    ['more than 10 MB', png(10, 10, 10 * MB + 1), 'file is too big'],
  ])('is refused for %s', async (_, image, words) => {
    const { api } = await started()
    expect(await refusal(api.sendPhoto(ANN, new InputFile(image, 'a.png')))).toBe(
      `400 Bad Request: ${words}`,
    )
  })

  it('is not a document', async () => {
    const { api } = await started()
    const { photo } = await api.sendPhoto(ANN, new InputFile(png(8, 6), 'a.png'))
    expect(await refusal(api.sendDocument(ANN, photo[0]?.file_id ?? ''))).toBe(
      "400 Bad Request: can't use file of type Photo as Document",
    )
  })

  it('may be a JPEG', () => {
    const jpeg = Uint8Array.from([
      0xff, 0xd8, 0xff, 0xe0, 0, 4, 0, 0, 0xff, 0xc0, 0, 17, 8, 2, 88, 3, 32, 3, 0, 0, 0,
    ])
    expect(imageSize(jpeg)).toEqual({ width: 800, height: 600 })
    expect(
      imageSize(Uint8Array.from([0xff, 0xd8, 0x12, 0x34, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0])),
    ).toBeUndefined()
    expect(imageSize(new Uint8Array())).toBeUndefined()
  })
})

describe('a download', () => {
  it('needs the token and a path that exists', async () => {
    const { root, download } = await started()
    expect((await download('documents/file_0.csv')).status).toBe(404)
    expect((await fetch(`${root}/file/bot1:wrong/documents/file_0.csv`)).status).toBe(401)
  })

  it('of an unknown id is refused', async () => {
    const { api } = await started()
    expect(await refusal(api.getFile('x'))).toBe('400 Bad Request: invalid file_id')
    expect(await refusal(api.getFile(''))).toBe('400 Bad Request: file_id not specified')
  })
})
