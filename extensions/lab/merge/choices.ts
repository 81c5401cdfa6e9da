import type { ICell } from '@jupyterlab/nbformat';
import { type ISignal, Signal } from '@lumino/signaling';
import type { IMerge, IMergePart } from '../../ui/merges';

/** Whose cells a part takes. */
export type Choice = 'merged' | 'ours' | 'theirs' | 'both' | 'base' | 'edited';

/** The cells of a part under a choice; `both` are ours, then theirs. */
export function cellsOf(part: IMergePart, choice: Exclude<Choice, 'edited'>): ICell[] {
  switch (choice) {
    case 'merged':
      return part.merged;
    case 'both':
      return [...part.ours, ...part.theirs];
    default:
      return part[choice];
  }
}

/** What somebody decided about each part of a merge. */
export class Choices {
  constructor(readonly merge: IMerge) {
    this.chosen = merge.parts.map(part => (part.kind === 'conflict' ? null : 'merged'));
  }

  /** Emits the part's index. */
  get changed(): ISignal<this, number> {
    return this.change;
  }

  /** Null while somebody has to decide. */
  of(index: number): Choice | null {
    return this.chosen[index];
  }

  choose(index: number, choice: Exclude<Choice, 'edited'>): void {
    this.chosen[index] = choice;
    this.change.emit(index);
  }

  /** Take what `read` gives at the end: cells that are being edited. */
  edit(index: number, read: () => ICell[]): void {
    this.chosen[index] = 'edited';
    this.edits.set(index, read);
    this.change.emit(index);
  }

  /** The parts that wait for a decision. */
  get undecided(): number[] {
    return this.chosen.flatMap((choice, index) => (choice === null ? [index] : []));
  }

  /** The cells that were decided on; nothing is missing once nothing is undecided. */
  cells(): ICell[] {
    return this.merge.parts.flatMap((part, index) => {
      const choice = this.chosen[index];
      if (choice === 'edited') {
        return this.edits.get(index)?.() ?? [];
      }
      return choice === null ? [] : cellsOf(part, choice);
    });
  }

  private readonly chosen: (Choice | null)[];
  private readonly edits = new Map<number, () => ICell[]>();
  private readonly change = new Signal<this, number>(this);
}
