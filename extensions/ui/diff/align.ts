/** A stretch of two sequences: the same in both, or one that stands in the place of the other. */
export interface IStretch {
  same: boolean;
  /** From and until which item of each, from 0, without the last. */
  before: [number, number];
  after: [number, number];
}

type Pair = [number, number];

/** So many items may differ in a piece until it is cut at what is there once in both. */
const MOST_DIFFERENT = 400;
/** So many comparisons in all; what is not reached is taken for different. */
const BUDGET = 20_000_000;

/** The shortest way from one sequence to another, or a longer one where that takes too long. */
export function align(before: readonly string[], after: readonly string[]): IStretch[] {
  const numbers = new Map<string, number>();
  const number = (item: string): number => {
    const known = numbers.get(item);
    if (known === undefined) {
      numbers.set(item, numbers.size);
    }
    return known ?? numbers.size - 1;
  };
  const search = new Search(before.map(number), after.map(number));
  search.between(0, before.length, 0, after.length);
  return stretches(search.pairs, before.length, after.length);
}

/** Finds pairs of equal items, in order (Myers 1986; where that is much, cut as patience does). */
class Search {
  constructor(
    private readonly a: number[],
    private readonly b: number[]
  ) {}

  readonly pairs: Pair[] = [];

  between(aFrom: number, aTo: number, bFrom: number, bTo: number): void {
    const { a, b } = this;
    while (aFrom < aTo && bFrom < bTo && a[aFrom] === b[bFrom]) {
      this.pairs.push([aFrom++, bFrom++]);
    }
    let ends = 0;
    while (aFrom < aTo - ends && bFrom < bTo - ends && a[aTo - 1 - ends] === b[bTo - 1 - ends]) {
      ends += 1;
    }
    this.middle(aFrom, aTo - ends, bFrom, bTo - ends);
    for (; ends > 0; ends--) {
      this.pairs.push([aTo - ends, bTo - ends]);
    }
  }

  private middle(aFrom: number, aTo: number, bFrom: number, bTo: number): void {
    if (aFrom === aTo || bFrom === bTo || this.spent > BUDGET) {
      return;
    }
    if (this.shortest(aFrom, aTo, bFrom, bTo)) {
      return;
    }
    let [fromA, fromB] = [aFrom, bFrom];
    for (const [i, j] of this.anchors(aFrom, aTo, bFrom, bTo)) {
      this.between(fromA, i, fromB, j);
      this.pairs.push([i, j]);
      [fromA, fromB] = [i + 1, j + 1];
    }
    if (fromA > aFrom) {
      this.between(fromA, aTo, fromB, bTo);
    }
  }

  /** Whether the piece could be told within the limit; its pairs are kept then. */
  private shortest(aFrom: number, aTo: number, bFrom: number, bTo: number): boolean {
    const { a, b } = this;
    const [n, m] = [aTo - aFrom, bTo - bFrom];
    const most = Math.min(n + m, MOST_DIFFERENT);
    const reach = new Int32Array(2 * most + 3);
    const trail: Int32Array[] = [];
    for (let d = 0; d <= most; d++) {
      trail.push(reach.slice(most + 1 - d - 1, most + 1 + d + 2));
      for (let k = -d; k <= d; k += 2) {
        const at = most + 1 + k;
        let x =
          k === -d || (k !== d && reach[at - 1] < reach[at + 1])
            ? reach[at + 1]
            : reach[at - 1] + 1;
        while (x < n && x - k < m && a[aFrom + x] === b[bFrom + x - k]) {
          x += 1;
          this.spent += 1;
        }
        this.spent += 1;
        reach[at] = x;
        if (x >= n && x - k >= m) {
          this.pairs.push(...walkBack(trail, n, m).map(([i, j]): Pair => [aFrom + i, bFrom + j]));
          return true;
        }
      }
      if (this.spent > BUDGET) {
        return false;
      }
    }
    return false;
  }

  /** Items that are there once in both pieces, in the longest order that both keep. */
  private anchors(aFrom: number, aTo: number, bFrom: number, bTo: number): Pair[] {
    const inA = onceIn(this.a, aFrom, aTo);
    const inB = onceIn(this.b, bFrom, bTo);
    const candidates: Pair[] = [];
    for (const [item, i] of inA) {
      const j = inB.get(item);
      if (j !== undefined) {
        candidates.push([i, j]);
      }
    }
    this.spent += aTo - aFrom + bTo - bFrom;
    return longestRising(candidates.sort((one, other) => one[0] - other[0]));
  }

  private spent = 0;
}

function walkBack(trail: Int32Array[], n: number, m: number): Pair[] {
  const pairs: Pair[] = [];
  let [x, y] = [n, m];
  for (let d = trail.length - 1; d >= 0; d--) {
    const reach = trail[d];
    const k = x - y;
    const at = d + 1 + k;
    const down = k === -d || (k !== d && reach[at - 1] < reach[at + 1]);
    const fromK = down ? k + 1 : k - 1;
    const fromX = d === 0 ? 0 : reach[d + 1 + fromK];
    const fromY = d === 0 ? 0 : fromX - fromK;
    while (x > fromX && y > fromY) {
      pairs.push([--x, --y]);
    }
    [x, y] = [fromX, fromY];
  }
  return pairs.reverse();
}

function onceIn(items: number[], from: number, to: number): Map<number, number> {
  const places = new Map<number, number>();
  const often = new Set<number>();
  for (let at = from; at < to; at++) {
    if (places.has(items[at])) {
      often.add(items[at]);
    }
    places.set(items[at], at);
  }
  often.forEach(item => places.delete(item));
  return places;
}

function longestRising(pairs: Pair[]): Pair[] {
  const ends: number[] = [];
  const before: number[] = [];
  pairs.forEach(([, j], index) => {
    let [low, high] = [0, ends.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (pairs[ends[middle]][1] < j) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    before[index] = low > 0 ? ends[low - 1] : -1;
    ends[low] = index;
  });
  const rising: Pair[] = [];
  for (let at = ends[ends.length - 1] ?? -1; at >= 0; at = before[at]) {
    rising.push(pairs[at]);
  }
  return rising.reverse();
}

function stretches(pairs: Pair[], n: number, m: number): IStretch[] {
  const found: IStretch[] = [];
  let [i, j] = [0, 0];
  const replaced = (a: number, b: number): void => {
    if (a > i || b > j) {
      found.push({ same: false, before: [i, a], after: [j, b] });
    }
  };
  for (const [a, b] of pairs) {
    const last = found[found.length - 1];
    if (a === i && b === j && last?.same) {
      last.before[1] = a + 1;
      last.after[1] = b + 1;
    } else {
      replaced(a, b);
      found.push({ same: true, before: [a, a + 1], after: [b, b + 1] });
    }
    [i, j] = [a + 1, b + 1];
  }
  replaced(n, m);
  return found;
}
