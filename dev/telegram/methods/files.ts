import { badRequest } from '../errors.ts'
import type { Method } from './method.ts'

const MAX_DOWNLOAD_BYTES = 20 * 1024 * 1024

const getFile: Method = ({ files }, args) => {
  const fileId = args.text('file_id')
  if (fileId === '') throw badRequest('file_id not specified')
  const file = files.get(fileId)
  if (!file) throw badRequest('invalid file_id')
  const { file_id, file_unique_id, size, path } = file
  if (size > MAX_DOWNLOAD_BYTES) throw badRequest('file is too big')
  return { file_id, file_unique_id, file_size: size, file_path: path }
}

export const fileMethods = { getFile } satisfies Record<string, Method>
