import type { TranslationBundle } from '@jupyterlab/translation';
import { choiceBar, element, type IChoice } from './elements';
import { layers } from './imagelayers';
import { differences, type IDifference, type IImage, imageUrl } from './imagepixels';
import { type IImageSize, imageSize } from './imagesize';

type Mode = 'side' | 'swipe' | 'onion' | 'difference';

/** Larger images would hold up the page, or fill its memory: they are named, and not shown. */
const MOST_PIXELS = 40_000_000;
const MOST_CHARACTERS = 28_000_000;

const REMEMBERED = 'trailbook-image-comparison';

/** Two images: beside each other, one over the other, or only what differs. */
export function imageChange(before: IImage, after: IImage, trans: TranslationBundle): HTMLElement {
  const sizes = [shownSize(before), shownSize(after)];
  if (!sizes[0] || !sizes[1]) {
    return side([before, after], trans);
  }
  const comparing = differences(before, after);
  const stage = element('div', 'tb-Images-stage');
  const both: [IImage, IImage] = [before, after];
  const bothSizes: [IImageSize, IImageSize] = [sizes[0], sizes[1]];
  const show = (mode: Mode): void => {
    if (mode === 'difference') {
      const room = element('div', 'tb-Images-difference');
      stage.replaceChildren(room);
      comparing.then(({ canvas }) => room.append(pointedOut(canvas, trans)), ignored);
    } else {
      stage.replaceChildren(
        mode === 'side' ? side(both, trans) : layers(mode, both, bothSizes, trans)
      );
    }
  };
  const chosen = remembered();
  const bar = choiceBar(trans.__('How to compare the images'), modes(trans), chosen, mode => {
    remember(mode);
    show(mode);
  });
  show(chosen);
  const said = element('p', 'tb-Images-said');
  comparing.then(
    difference => (said.textContent = differenceWords(difference, trans)),
    () => (said.textContent = trans.__('One of the images cannot be read.'))
  );
  return element('div', 'tb-Images', bar, stage, said);
}

/** One image, under words that say which. */
export function oneImage(image: IImage, words: string, trans: TranslationBundle): HTMLElement {
  const figure = element('figure', 'tb-Images-one');
  if (words) {
    figure.append(element('figcaption', '', words));
  }
  if (shownSize(image)) {
    const picture = element('img');
    picture.src = imageUrl(image);
    picture.alt = words || trans.__('Plot');
    figure.append(picture);
    return figure;
  }
  const size = imageSize(image.base64);
  const why = size
    ? trans.__('An image of %1 × %2 pixels, too large to be shown here.', size.width, size.height)
    : trans.__('An image that cannot be read.');
  figure.append(element('p', 'tb-Images-said', why));
  return figure;
}

function side([before, after]: [IImage, IImage], trans: TranslationBundle): HTMLElement {
  const figures = [
    oneImage(before, trans.__('Before'), trans),
    oneImage(after, trans.__('After'), trans)
  ];
  return element('div', 'tb-Images-side', ...figures);
}

function shownSize({ base64 }: IImage): IImageSize | null {
  const size = base64.length <= MOST_CHARACTERS ? imageSize(base64) : null;
  return size && size.width * size.height <= MOST_PIXELS ? size : null;
}

const modes = (trans: TranslationBundle): IChoice<Mode>[] => [
  { value: 'side', words: trans.__('Side by side') },
  { value: 'swipe', words: trans.__('Swipe') },
  { value: 'onion', words: trans.__('Onion skin') },
  { value: 'difference', words: trans.__('Difference') }
];

function pointedOut(canvas: HTMLCanvasElement, trans: TranslationBundle): HTMLCanvasElement {
  canvas.role = 'img';
  canvas.ariaLabel = trans.__('What differs, marked in red');
  return canvas;
}

function differenceWords(found: IDifference, trans: TranslationBundle): string {
  const { count, total, sizes } = found;
  const [before, after] = sizes.map(({ width, height }) => `${width} × ${height}`);
  const resized = before === after ? '' : trans.__('%1 pixels before, %2 after. ', before, after);
  if (count === 0) {
    return `${resized}${trans.__('Every pixel is the same; only the files differ.')}`;
  }
  const percent = (count / total) * 100;
  const share = percent < 0.1 ? trans.__('less than 0.1 %') : `${percent.toFixed(1)} %`;
  const words = trans.__('%1 of %2 pixels differ', count.toLocaleString(), total.toLocaleString());
  return `${resized}${words} (${share}).`;
}

/** What was chosen last, wherever; side by side where nothing was, or nothing can be kept. */
function remembered(): Mode {
  try {
    const kept = localStorage.getItem(REMEMBERED);
    return modesKnown.find(mode => mode === kept) ?? 'side';
  } catch {
    return 'side';
  }
}

function remember(mode: Mode): void {
  try {
    localStorage.setItem(REMEMBERED, mode);
  } catch {
    // A browser that keeps nothing forgets the choice, and loses nothing else.
  }
}

const modesKnown: readonly Mode[] = ['side', 'swipe', 'onion', 'difference'];

/** The sentence below the images says that they cannot be compared. */
const ignored = (): void => undefined;
