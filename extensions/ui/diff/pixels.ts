/** How much of the new image shows behind the pixels that differ, from 0 to 255. */
const FAINT = 56;

/**
 * Mark in `out` which pixels differ between two rows of pixels of the same length, and count them.
 *
 * All are RGBA, a byte each. Where both are wholly transparent, colours do not matter. What is the
 * same shows faintly and in grey; `mark` is the colour of what differs.
 */
export function markPixels(
  before: Uint8ClampedArray,
  after: Uint8ClampedArray,
  out: Uint8ClampedArray,
  mark: readonly [number, number, number]
): number {
  let count = 0;
  for (let at = 0; at < after.length; at += 4) {
    const differs =
      before[at + 3] !== after[at + 3] ||
      (after[at + 3] > 0 &&
        (before[at] !== after[at] ||
          before[at + 1] !== after[at + 1] ||
          before[at + 2] !== after[at + 2]));
    if (differs) {
      count += 1;
      out[at] = mark[0];
      out[at + 1] = mark[1];
      out[at + 2] = mark[2];
      out[at + 3] = 255;
    } else {
      const grey = (after[at] * 3 + after[at + 1] * 6 + after[at + 2]) / 10;
      out[at] = out[at + 1] = out[at + 2] = grey;
      out[at + 3] = (after[at + 3] * FAINT) / 255;
    }
  }
  return count;
}
