/** Width and height of a PNG or JPEG; `undefined` for anything else. */
export function imageSize(bytes: Uint8Array): { width: number; height: number } | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (bytes.length > 24 && view.getUint32(0) === 0x89_50_4e_47) {
    return { width: view.getUint32(16), height: view.getUint32(20) }
  }
  return bytes.length > 4 && view.getUint16(0) === 0xff_d8 ? jpegSize(view) : undefined
}

/** A JPEG is a chain of segments; the one that starts a frame holds the size. */
function jpegSize(view: DataView): { width: number; height: number } | undefined {
  for (let at = 2; at + 9 < view.byteLength; at += 2 + view.getUint16(at + 2)) {
    const marker = view.getUint16(at)
    const isFrame = marker >= 0xff_c0 && marker <= 0xff_c3
    if (isFrame) return { width: view.getUint16(at + 7), height: view.getUint16(at + 5) }
    if (marker < 0xff_c0) return undefined
  }
  return undefined
}
