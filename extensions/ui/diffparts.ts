import type { INotebookContent } from '@jupyterlab/nbformat';
import { type CellDiffModel, createPatchedCellDiffModel } from 'nbdime/lib/diff/model/cell';
import type { IMove } from './types';

/** A part of the page: a cell that changed, or something that is told in a line. */
export interface IDiffPart {
  /**
   * `unchanged` are neighbours that need no reading; `moved` is a cell where it stands now, and
   * `left` the place that it stood in before.
   */
  kind: 'changed' | 'added' | 'removed' | 'moved' | 'left' | 'unchanged';
  /** Where it stands in the page, from 1. */
  position: number;
  /** Where its other end stands, for what moved. */
  other?: number;
  cells: CellDiffModel[];
}

export interface ICount {
  added: number;
  deleted: number;
  moved: number;
  changed: number;
  total: number;
}

/** Whether there is anything to read: a new execution count alone is not. */
export function isChanged(cell: CellDiffModel): boolean {
  return !(
    cell.source.unchanged &&
    cell.metadata.unchanged &&
    (cell.outputs ?? []).every(output => output.unchanged)
  );
}

/** The parts of a page from the cells of both versions, and from those that moved. */
export function diffParts(
  cells: CellDiffModel[],
  moves: IMove[],
  base: INotebookContent,
  mimetype: string
): IDiffPart[] {
  const ends = endsOf(cells, moves);
  const parts: IDiffPart[] = [];
  cells.forEach((cell, index) => {
    const position = index + 1;
    const end = ends.get(index);
    if (end) {
      const { move, other } = end;
      const now = cell.added
        ? createPatchedCellDiffModel(base.cells[move.base], move.diff, mimetype)
        : cell;
      parts.push({
        kind: cell.added ? 'moved' : 'left',
        position,
        other: other + 1,
        cells: [now]
      });
    } else if (isChanged(cell)) {
      const kind = cell.added ? 'added' : cell.deleted ? 'removed' : 'changed';
      parts.push({ kind, position, cells: [cell] });
    } else {
      const last = parts[parts.length - 1];
      if (last?.kind === 'unchanged') {
        last.cells.push(cell);
      } else {
        parts.push({ kind: 'unchanged', position, cells: [cell] });
      }
    }
  });
  return parts;
}

interface IEnd {
  move: IMove;
  other: number;
}

/** For each end of a move the index of the other one; both count removed and added cells. */
function endsOf(cells: CellDiffModel[], moves: IMove[]): Map<number, IEnd> {
  const inBase: number[] = [];
  const inTarget: number[] = [];
  cells.forEach((cell, index) => {
    if (!cell.added) {
      inBase.push(index);
    }
    if (!cell.deleted) {
      inTarget.push(index);
    }
  });
  const ends = new Map<number, IEnd>();
  for (const move of moves) {
    const [from, to] = [inBase[move.base], inTarget[move.target]];
    ends.set(from, { move, other: to });
    ends.set(to, { move, other: from });
  }
  return ends;
}

/** How many cells changed, for the sentence above the diff. */
export function countOf(parts: IDiffPart[], cells: CellDiffModel[]): ICount {
  const of = (kind: IDiffPart['kind']): number => parts.filter(part => part.kind === kind).length;
  return {
    added: of('added'),
    deleted: of('removed'),
    moved: of('moved'),
    changed: of('changed'),
    total: cells.filter(cell => !cell.added).length
  };
}
