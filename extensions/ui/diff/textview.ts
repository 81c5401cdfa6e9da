import type { TranslationBundle } from '@jupyterlab/translation';
import { button, element, heard } from './elements';
import { compareLines, type IFoldedLines, type ILine } from './lines';
import { compareNumbers } from './numbers';
import { numbersText } from './numberview';
import type { IWords } from './words';

/** Of longer texts the beginning is shown until all is asked for. */
const MOST_LINES = 400;
const LONGEST_LINE = 4000;
/** So many lines are put into the page at once. */
const BATCH_LINES = 2000;
/** Longer texts are compared by line, not number by number. */
const LONGEST_FOR_NUMBERS = 20_000;

const SIGNS = { same: ' ', removed: '−', added: '+', numbers: '~' };

/** Two texts in one, with what changed marked: by number where only those differ, else by line. */
export function textChange(before: string, after: string, trans: TranslationBundle): HTMLElement {
  const numbers =
    before.length + after.length <= LONGEST_FOR_NUMBERS ? compareNumbers(before, after) : null;
  if (numbers) {
    return element('pre', 'tb-Text', ...numbersText(numbers, trans));
  }
  return linesBox(compareLines(before, after).parts, trans);
}

/** A text that only one of the versions has, or that is the same in both. */
export function plainText(
  text: string,
  kind: 'same' | 'removed' | 'added',
  trans: TranslationBundle
): HTMLElement {
  const lines = text.replace(/\n$/, '').split('\n');
  return linesBox(
    lines.map(line => (kind === 'same' ? { kind, text: line } : { kind, text: line, words: null })),
    trans
  );
}

/** What changed in a running text, word by word. */
export function wordsText(parts: readonly IWords[]): HTMLElement {
  return element('div', 'tb-Words', ...wordNodes(parts));
}

function wordNodes(parts: readonly IWords[]): (Node | string)[] {
  const tags = { removed: 'del', added: 'ins' } as const;
  return parts.map(({ kind, text }) => (kind === 'same' ? text : element(tags[kind], '', text)));
}

function linesBox(parts: (ILine | IFoldedLines)[], trans: TranslationBundle): HTMLElement {
  const box = element('div', 'tb-Text tb-Lines');
  const signed = parts.some(part => part.kind !== 'same' && part.kind !== 'fold');
  box.classList.toggle('tb-signed', signed);
  box.append(...parts.slice(0, MOST_LINES).map(part => lineOrFold(part, trans)));
  if (parts.length > MOST_LINES) {
    const rest = parts.slice(MOST_LINES);
    const more = button(
      trans._n('and %1 more line', 'and %1 more lines', rest.length),
      () => unroll(more, rest, trans),
      'tb-Text-more'
    );
    box.append(more);
  }
  return box;
}

/** Put lines in the place of a button, a batch at a time. */
function unroll(
  more: HTMLElement,
  parts: (ILine | IFoldedLines)[],
  trans: TranslationBundle
): void {
  more.before(...parts.slice(0, BATCH_LINES).map(part => lineOrFold(part, trans)));
  if (parts.length > BATCH_LINES && more.isConnected) {
    setTimeout(() => unroll(more, parts.slice(BATCH_LINES), trans));
  } else {
    more.remove();
  }
}

function lineOrFold(part: ILine | IFoldedLines, trans: TranslationBundle): HTMLElement {
  if (part.kind !== 'fold') {
    return lineElement(part, trans);
  }
  const { lines } = part;
  const fold = button(
    trans._n('⋯ %1 line is the same', '⋯ %1 lines are the same', lines.length),
    () =>
      unroll(
        fold,
        lines.map(text => ({ kind: 'same', text })),
        trans
      ),
    'tb-Text-fold'
  );
  return fold;
}

function lineElement(line: ILine, trans: TranslationBundle): HTMLElement {
  const box = element('div', `tb-Line tb-${line.kind}`);
  const sign = element('span', 'tb-Line-sign', SIGNS[line.kind]);
  sign.ariaHidden = 'true';
  box.append(sign);
  if (line.kind === 'numbers') {
    box.append(...numbersText(line.numbers, trans));
    return box;
  }
  if (line.kind !== 'same') {
    box.append(heard(line.kind === 'removed' ? trans.__('Removed: ') : trans.__('Added: ')));
  }
  if (line.text.length > LONGEST_LINE) {
    box.append(line.text.slice(0, LONGEST_LINE), cut(line.text, trans));
  } else {
    const words = line.kind === 'same' ? null : line.words;
    box.append(...(words ? wordNodes(words) : [line.text]));
  }
  return box;
}

/** The rest of a line that is too long to be read, on demand. */
function cut(text: string, trans: TranslationBundle): HTMLElement {
  const left = text.length - LONGEST_LINE;
  const more = button(
    trans._n('and %1 more character', 'and %1 more characters', left),
    () => more.replaceWith(text.slice(LONGEST_LINE)),
    'tb-Text-more'
  );
  return more;
}
