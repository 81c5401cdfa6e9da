import type { TranslationBundle } from '@jupyterlab/translation';
import { element, heard } from './elements';
import { growth, type INumberPair, type INumbers } from './numbers';

/** Of more changed numbers in one text, the directions are only heard and shown on hover. */
const MOST_DIRECTIONS = 6;

/** Which way a number went, in words and without a judgement: "up 0.02". */
export function direction(pair: INumberPair, trans: TranslationBundle): string {
  const by = growth(pair);
  if (by === null || Number(by) === 0) {
    return '';
  }
  return by.startsWith('-') ? trans.__('down %1', by.slice(1)) : trans.__('up %1', by);
}

/** A number as it was and as it is: 0.85 → 0.87. */
export function numberChange(
  pair: INumberPair,
  trans: TranslationBundle,
  say: boolean
): HTMLElement {
  const box = element('span', 'tb-Number', element('del', '', pair.before));
  box.append(' → ', element('ins', '', pair.after));
  const words = direction(pair, trans);
  if (words && say) {
    box.append(element('span', 'tb-Number-way', ` ${words}`));
  } else if (words) {
    box.title = words;
    box.append(heard(` ${words}`));
  }
  return box;
}

/** A text with each changed number as it was and as it is. */
export function numbersText({ words, pairs }: INumbers, trans: TranslationBundle): Node[] {
  const few = pairs.filter(isOther).length <= MOST_DIRECTIONS;
  const nodes: Node[] = [document.createTextNode(words[0])];
  pairs.forEach((pair, index) => {
    nodes.push(
      isOther(pair) ? numberChange(pair, trans, few) : document.createTextNode(pair.after),
      document.createTextNode(words[index + 1])
    );
  });
  return nodes;
}

export const isOther = ({ before, after }: INumberPair): boolean => before !== after;
