import { align } from './align';

/** A piece of a text that was changed: in both, in the one before, or in the one after. */
export interface IWords {
  kind: 'same' | 'removed' | 'added';
  text: string;
}

/** An address, a number with all of its parts, a word, white space, or any other character. */
const TOKEN =
  /0x[\da-f]+|[-+]?\d[\d_,]*(?:\.\d+)?(?:e[-+]?\d+)?(?![\p{L}_])|[\p{L}\p{N}_]+|\s+|[^\p{L}\p{N}_\s]/giu;

const tokens = (text: string): string[] => text.match(TOKEN) ?? [];

/** What changed from one text to another, word by word. */
export function wordDiff(before: string, after: string): IWords[] {
  const [a, b] = [tokens(before), tokens(after)];
  const parts: IWords[] = [];
  const stretches = align(a, b);
  stretches.forEach(({ same, before: [i, iEnd], after: [j, jEnd] }, index) => {
    const text = b.slice(j, jEnd).join('');
    const between = index > 0 && index < stretches.length - 1;
    if (same && !(between && text.trim() === '' && !text.includes('\n'))) {
      parts.push({ kind: 'same', text });
    } else {
      // A space between two changes belongs to them: phrases read better than crumbs.
      parts.push({ kind: 'removed', text: a.slice(i, iEnd).join('') });
      parts.push({ kind: 'added', text });
    }
  });
  return joined(parts);
}

/** Whether so little is left of a text that it reads better as a whole. */
export function isRewritten(parts: readonly IWords[]): boolean {
  const length = (kind: IWords['kind']): number =>
    parts.reduce((sum, part) => sum + (part.kind === kind ? part.text.trim().length : 0), 0);
  return length('same') * 2 < Math.min(length('removed'), length('added'));
}

/** The pieces with what belongs together in one: of each change, first what went. */
function joined(parts: IWords[]): IWords[] {
  const result: IWords[] = [];
  let [removed, added] = ['', ''];
  const flush = (): void => {
    for (const [kind, text] of [['removed', removed] as const, ['added', added] as const]) {
      if (text) {
        result.push({ kind, text });
      }
    }
    [removed, added] = ['', ''];
  };
  for (const { kind, text } of parts) {
    if (kind === 'same') {
      flush();
      result.push({ kind, text });
    } else if (kind === 'removed') {
      removed += text;
    } else {
      added += text;
    }
  }
  flush();
  return result;
}
