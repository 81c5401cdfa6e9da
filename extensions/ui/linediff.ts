/** A line of a suggestion: taken out, put in, or as it was. */
export interface IChangedLine {
  sign: ' ' | '-' | '+';
  text: string;
}

/** Beyond so many pairs of lines the whole text is told as replaced. */
const MOST_PAIRS = 1_000_000;

/** Two short texts line by line, by their longest common subsequence. */
export function changedLines(before: string, after: string): IChangedLine[] {
  const [old, now] = [lines(before), lines(after)];
  if (old.length * now.length > MOST_PAIRS) {
    return [...old.map(signed('-')), ...now.map(signed('+'))];
  }
  const common = lengths(old, now);
  const told: IChangedLine[] = [];
  let [i, j] = [0, 0];
  while (i < old.length || j < now.length) {
    if (i < old.length && j < now.length && old[i] === now[j]) {
      told.push({ sign: ' ', text: old[i] });
      [i, j] = [i + 1, j + 1];
    } else if (j >= now.length || (i < old.length && common[i + 1][j] >= common[i][j + 1])) {
      told.push({ sign: '-', text: old[i++] });
    } else {
      told.push({ sign: '+', text: now[j++] });
    }
  }
  return told;
}

const lines = (text: string): string[] => (text === '' ? [] : text.replace(/\n$/, '').split('\n'));

const signed =
  (sign: IChangedLine['sign']) =>
  (text: string): IChangedLine => ({ sign, text });

/** How long the common rest is from each pair of lines on. */
function lengths(old: string[], now: string[]): number[][] {
  const table = Array.from({ length: old.length + 1 }, () =>
    new Array<number>(now.length + 1).fill(0)
  );
  for (let i = old.length - 1; i >= 0; i -= 1) {
    for (let j = now.length - 1; j >= 0; j -= 1) {
      table[i][j] =
        old[i] === now[j] ? table[i + 1][j + 1] + 1 : Math.max(table[i + 1][j], table[i][j + 1]);
    }
  }
  return table;
}
