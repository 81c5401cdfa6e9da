import type { IImageSize } from './imagesize';
import { markPixels } from './pixels';

/** A raster image as an output holds it. */
export interface IImage {
  mime: string;
  base64: string;
}

export interface IDifference {
  /** How many pixels differ, of all that either image has. */
  count: number;
  total: number;
  sizes: [IImageSize, IImageSize];
  /** What differs, over a faint image of what does not. */
  canvas: HTMLCanvasElement;
}

/** So long the comparison may keep the page busy, in ms. */
const SLICE_MS = 10;
const ROWS_AT_ONCE = 32;

/** Of what differs: it is seen on dark and on light. */
const MARK = [214, 40, 90] as const;

export const imageUrl = ({ mime, base64 }: IImage): string => `data:${mime};base64,${base64}`;

/** Compare two images pixel by pixel, laid over each other at their upper left corners. */
export async function differences(before: IImage, after: IImage): Promise<IDifference> {
  const images = await Promise.all([decoded(before), decoded(after)]);
  const sizes = images.map(image => ({ width: image.naturalWidth, height: image.naturalHeight }));
  const [width, height] = [
    Math.max(...sizes.map(size => size.width)),
    Math.max(...sizes.map(size => size.height))
  ];
  const [a, b] = images.map(image => paper(width, height, image));
  const canvas = document.createElement('canvas');
  Object.assign(canvas, { width, height });
  const out = canvas.getContext('2d')!;
  let count = 0;
  let until = performance.now() + SLICE_MS;
  for (let y = 0; y < height; y += ROWS_AT_ONCE) {
    const rows = Math.min(ROWS_AT_ONCE, height - y);
    const strip = out.createImageData(width, rows);
    const [first, second] = [a, b].map(each => each.getImageData(0, y, width, rows).data);
    count += markPixels(first, second, strip.data, MARK);
    out.putImageData(strip, 0, y);
    if (performance.now() > until) {
      await new Promise(resolve => setTimeout(resolve));
      until = performance.now() + SLICE_MS;
    }
  }
  return { count, total: width * height, sizes: [sizes[0], sizes[1]], canvas };
}

async function decoded(image: IImage): Promise<HTMLImageElement> {
  const element = new Image();
  element.src = imageUrl(image);
  await element.decode();
  return element;
}

function paper(width: number, height: number, image: HTMLImageElement): CanvasRenderingContext2D {
  const canvas = document.createElement('canvas');
  Object.assign(canvas, { width, height });
  const context = canvas.getContext('2d', { willReadFrequently: true })!;
  context.drawImage(image, 0, 0);
  return context;
}
