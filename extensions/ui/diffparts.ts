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
  /** Which cell it is in its version, from 1: in the base for what is gone from a place. */
  position: number;
  /** For what moved: which cell it is in the other version. */
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
  const from = new Map(moves.map(move => [move.base, move]));
  const to = new Map(moves.map(move => [move.target, move]));
  const parts: IDiffPart[] = [];
  let [inBase, inTarget] = [0, 0];
  for (const cell of cells) {
    const move = cell.deleted ? from.get(inBase) : cell.added ? to.get(inTarget) : undefined;
    inBase += cell.added ? 0 : 1;
    inTarget += cell.deleted ? 0 : 1;
    const position = cell.deleted ? inBase : inTarget;
    if (move && cell.deleted) {
      parts.push({ kind: 'left', position, other: move.target + 1, cells: [cell] });
    } else if (move) {
      const now = createPatchedCellDiffModel(base.cells[move.base], move.diff, mimetype);
      parts.push({ kind: 'moved', position, other: move.base + 1, cells: [now] });
    } else if (isChanged(cell)) {
      const kind = cell.added ? 'added' : cell.deleted ? 'removed' : 'changed';
      parts.push({ kind, position, cells: [cell] });
    } else if (parts[parts.length - 1]?.kind === 'unchanged') {
      parts[parts.length - 1].cells.push(cell);
    } else {
      parts.push({ kind: 'unchanged', position, cells: [cell] });
    }
  }
  return parts;
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
