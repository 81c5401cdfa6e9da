/** How large an image is, in pixels, by what its file says. */
export interface IImageSize {
  width: number;
  height: number;
}

/** Enough of a file to find its size in; a photograph's own preview may come before it. */
const HEAD_BYTES = 256 * 1024;

/**
 * The size that an image's file names, without decoding it; null where that cannot be told.
 *
 * A small file may name a size that no memory holds, so this comes before a browser is asked.
 */
export function imageSize(base64: string): IImageSize | null {
  const length = Math.floor(Math.min(base64.length, (HEAD_BYTES * 4) / 3) / 4) * 4;
  let head: DataView;
  try {
    const bytes = Uint8Array.from(atob(base64.slice(0, length)), char => char.charCodeAt(0));
    head = new DataView(bytes.buffer);
    return pngSize(head) ?? gifSize(head) ?? webpSize(head) ?? jpegSize(head);
  } catch {
    // Not base64, or a file that ends too early.
    return null;
  }
}

const letters = (head: DataView, at: number, count: number): string =>
  String.fromCharCode(...Array.from({ length: count }, (_, n) => head.getUint8(at + n)));

function pngSize(head: DataView): IImageSize | null {
  return letters(head, 1, 3) === 'PNG'
    ? { width: head.getUint32(16), height: head.getUint32(20) }
    : null;
}

function gifSize(head: DataView): IImageSize | null {
  return letters(head, 0, 3) === 'GIF'
    ? { width: head.getUint16(6, true), height: head.getUint16(8, true) }
    : null;
}

function webpSize(head: DataView): IImageSize | null {
  if (letters(head, 0, 4) !== 'RIFF' || letters(head, 8, 4) !== 'WEBP') {
    return null;
  }
  const three = (at: number): number => head.getUint16(at, true) + (head.getUint8(at + 2) << 16);
  switch (letters(head, 12, 4)) {
    case 'VP8X':
      return { width: three(24) + 1, height: three(27) + 1 };
    case 'VP8L': {
      const bits = head.getUint32(21, true);
      return { width: (bits & 0x3fff) + 1, height: ((bits >> 14) & 0x3fff) + 1 };
    }
    case 'VP8 ':
      return {
        width: head.getUint16(26, true) & 0x3fff,
        height: head.getUint16(28, true) & 0x3fff
      };
    default:
      return null;
  }
}

function jpegSize(head: DataView): IImageSize | null {
  if (head.getUint16(0) !== 0xffd8) {
    return null;
  }
  let at = 2;
  while (at + 9 < head.byteLength) {
    const marker = head.getUint8(at + 1);
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (head.getUint8(at) !== 0xff) {
      return null;
    }
    if (isFrame) {
      return { width: head.getUint16(at + 7), height: head.getUint16(at + 5) };
    }
    at += 2 + head.getUint16(at + 2);
  }
  return null;
}
