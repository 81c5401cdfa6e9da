import type { TranslationBundle } from '@jupyterlab/translation';
import { element } from './elements';
import { type IImage, imageUrl } from './imagepixels';
import type { IImageSize } from './imagesize';

/** One image over another: `swipe` shows each on its side of a line, `onion` one through the other. */
export function layers(
  mode: 'swipe' | 'onion',
  images: readonly [IImage, IImage],
  sizes: readonly [IImageSize, IImageSize],
  trans: TranslationBundle
): HTMLElement {
  const width = Math.max(sizes[0].width, sizes[1].width);
  const height = Math.max(sizes[0].height, sizes[1].height);
  const stack = element('div', `tb-Images-stack tb-${mode}`);
  stack.style.aspectRatio = `${width} / ${height}`;
  stack.style.width = `${width}px`;
  images.forEach((image, at) => {
    const picture = element('img');
    picture.src = imageUrl(image);
    picture.alt = at === 0 ? trans.__('Before') : trans.__('After');
    picture.draggable = false;
    picture.style.width = `${(sizes[at].width / width) * 100}%`;
    stack.append(element('div', at === 0 ? 'tb-before' : 'tb-after', picture));
  });
  const range = slider(mode, stack, trans);
  if (mode === 'swipe') {
    followPointer(stack, range);
  }
  const ends = element(
    'label',
    'tb-Images-range',
    element('span', '', trans.__('Before')),
    range,
    element('span', '', trans.__('After'))
  );
  return element('div', 'tb-Images-layers', stack, ends);
}

function slider(
  mode: 'swipe' | 'onion',
  stack: HTMLElement,
  trans: TranslationBundle
): HTMLInputElement {
  const range = element('input');
  range.type = 'range';
  range.value = '50';
  range.ariaLabel =
    mode === 'swipe' ? trans.__('Where the two images meet') : trans.__('How much shows of after');
  const follow = (): void => {
    stack.style.setProperty('--tb-share', `${range.value}%`);
    range.ariaValueText = trans.__('%1 percent', range.value);
  };
  range.oninput = follow;
  follow();
  return range;
}

/** The line between two images goes where it is pulled, in the images themselves too. */
function followPointer(stack: HTMLElement, range: HTMLInputElement): void {
  const follow = (event: PointerEvent): void => {
    if (event.buttons === 1) {
      const { left, width } = stack.getBoundingClientRect();
      range.value = String(Math.round(((event.clientX - left) / width) * 100));
      range.dispatchEvent(new Event('input'));
    }
  };
  stack.onpointerdown = event => {
    stack.setPointerCapture(event.pointerId);
    follow(event);
  };
  stack.onpointermove = follow;
}
