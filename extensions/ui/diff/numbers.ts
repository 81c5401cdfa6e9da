/** A number of a text, and what it became. */
export interface INumberPair {
  /** What stands before it in its line, as "auc"; empty where nothing does. */
  label: string;
  before: string;
  after: string;
}

/** A text with the same words as another, and other numbers: words and numbers in turn. */
export interface INumbers {
  /** One more than there are numbers, in the spelling of the text after. */
  words: string[];
  pairs: INumberPair[];
}

/** No number starts within a word (`x1`, `0x7f`) or another number, and none ends in one. */
const NUMBER =
  /(?<![\p{L}\p{N}_.])[-+]?(?:\d{1,3}(?:,\d{3})+|\d+)?(?:(?<=\d)\.(?!\d)|\.?\d+)(?:e[-+]?\d+)?(?![\p{L}\p{N}_]|\.\d)/giu;

const LABEL = /([\p{L}_][\p{L}\p{N}_ ()@%/.-]*?)["']?\s*[:=]?\s*$/u;
const LONGEST_LABEL = 24;

/** Compare two texts number by number; null where more than numbers and spaces changed. */
export function compareNumbers(before: string, after: string): INumbers | null {
  const [a, b] = [split(before), split(after)];
  const alike =
    a.numbers.length === b.numbers.length &&
    a.numbers.length > 0 &&
    a.words.every((words, index) => spaced(words) === spaced(b.words[index]));
  if (!alike) {
    return null;
  }
  const pairs = a.numbers.map((number, index) => ({
    label: labelOf(b.words[index]),
    before: number,
    after: b.numbers[index]
  }));
  return { words: b.words, pairs };
}

/** Whether a text is a number and nothing else, perhaps with a unit: "0.87", "12 %". */
export function isNumber(text: string): boolean {
  const { numbers, words } = split(text.trim());
  return numbers.length === 1 && words[0] === '' && words[1].trim().length <= 3;
}

/** How much a number grew, as "0.02", "-3", in the decimals that both have; null for no number. */
export function growth({ before, after }: INumberPair): string | null {
  const [a, b] = [before, after].map(text => Number(text.replace(/,/g, '')));
  if (!Number.isFinite(a) || !Number.isFinite(b)) {
    return null;
  }
  const decimals = Math.max(decimalsOf(before), decimalsOf(after));
  if (/e/i.test(before + after) || decimals > 12) {
    return String(Number((b - a).toPrecision(3)));
  }
  return (b - a).toFixed(decimals);
}

function split(text: string): { words: string[]; numbers: string[] } {
  const numbers: string[] = [];
  const words: string[] = [];
  let from = 0;
  for (const found of text.matchAll(NUMBER)) {
    words.push(text.slice(from, found.index));
    numbers.push(found[0]);
    from = found.index + found[0].length;
  }
  words.push(text.slice(from));
  return { words, numbers };
}

const spaced = (words: string): string => words.replace(/[^\S\n]+/g, ' ').trim();

function labelOf(words: string): string {
  const line = words.slice(words.lastIndexOf('\n') + 1).slice(-80);
  const found = LABEL.exec(line)?.[1].trim() ?? '';
  return found.length <= LONGEST_LABEL ? found : found.slice(-LONGEST_LABEL).replace(/^\S*\s/, '');
}

const decimalsOf = (number: string): number => /\.(\d+)/.exec(number)?.[1].length ?? 0;
