import { align } from './align';
import { compareNumbers, type INumbers } from './numbers';
import { isRewritten, type IWords, wordDiff } from './words';

/** A line to show: as it was in both, before or after, perhaps in pieces or number by number. */
export type ILine =
  | { kind: 'same'; text: string }
  | { kind: 'removed' | 'added'; text: string; words: IWords[] | null }
  | { kind: 'numbers'; numbers: INumbers };

/** Lines that are the same in both and far from any change. */
export interface IFoldedLines {
  kind: 'fold';
  lines: string[];
}

export interface IComparedLines {
  parts: (ILine | IFoldedLines)[];
  /** How many lines there are after, and how many of either are other ones. */
  total: number;
  changed: number;
}

const CONTEXT = 3;
/** Of longer stretches the lines are not looked into: they are other lines. */
const MOST_PAIRED = 200;
/** Longer lines are compared as wholes. */
const LONGEST_LINE = 4000;

/** Compare two texts line by line; what changed within a line is told by word or number. */
export function compareLines(before: string, after: string): IComparedLines {
  const [a, b] = [before, after].map(text => text.replace(/\n$/, '').split('\n'));
  const parts: IComparedLines['parts'] = [];
  let changed = 0;
  const stretches = align(a, b);
  stretches.forEach(({ same, before: [i, iEnd], after: [j, jEnd] }, index) => {
    if (same) {
      const [first, last] = [index === 0, index === stretches.length - 1];
      parts.push(...folded(b.slice(j, jEnd), first ? 0 : CONTEXT, last ? 0 : CONTEXT));
    } else {
      changed += Math.max(iEnd - i, jEnd - j);
      parts.push(...replaced(a.slice(i, iEnd), b.slice(j, jEnd)));
    }
  });
  return { parts, total: b.length, changed };
}

function folded(lines: string[], head: number, tail: number): IComparedLines['parts'] {
  const shown = (some: string[]): ILine[] => some.map(text => ({ kind: 'same', text }));
  // One line less is no gain over the line that says so.
  if (lines.length <= head + tail + 1) {
    return shown(lines);
  }
  const end = lines.length - tail;
  return [
    ...shown(lines.slice(0, head)),
    { kind: 'fold', lines: lines.slice(head, end) },
    ...shown(lines.slice(end))
  ];
}

function replaced(before: string[], after: string[]): ILine[] {
  if (before.length !== after.length || before.length > MOST_PAIRED) {
    return [...whole('removed', before), ...whole('added', after)];
  }
  const lines: ILine[] = [];
  // Removed lines stand together before what stands in their place, as in any diff.
  const waiting: ILine[] = [];
  const settle = (): void => {
    lines.push(...waiting.splice(0));
  };
  before.forEach((text, index) => {
    const [removed, added] = pair(text, after[index]);
    if (removed.kind === 'numbers') {
      settle();
      lines.push(removed);
    } else {
      lines.push(removed);
      waiting.push(...(added ? [added] : []));
    }
  });
  settle();
  return lines;
}

function pair(before: string, after: string): [ILine, ILine?] {
  const tooLong = Math.max(before.length, after.length) > LONGEST_LINE;
  const numbers = tooLong ? null : compareNumbers(before, after);
  if (numbers) {
    return [{ kind: 'numbers', numbers }];
  }
  const words = tooLong ? [] : wordDiff(before, after);
  const crumbs = tooLong || isRewritten(words);
  const without = (kind: IWords['kind']): IWords[] | null =>
    crumbs ? null : words.filter(part => part.kind !== kind);
  return [
    { kind: 'removed', text: before, words: without('added') },
    { kind: 'added', text: after, words: without('removed') }
  ];
}

const whole = (kind: 'removed' | 'added', lines: string[]): ILine[] =>
  lines.map(text => ({ kind, text, words: null }));
