import type { INotebookContent } from '@jupyterlab/nbformat';
import { type CellDiffModel, createPatchedCellDiffModel } from 'nbdime/lib/diff/model/cell';
import type { OutputDiffModel } from 'nbdime/lib/diff/model/output';
import type { IMove } from '../types';
import type { CellKind, IDiffCell } from './slots';

/** A cell with its places in both versions, from 0. */
export interface IPlacedCell {
  model: CellDiffModel;
  kind: CellKind;
  places: IDiffCell['places'];
}

/**
 * A part of the page: a cell to read, neighbours that need no reading, or the place, in the base,
 * that a moved cell has left for another one in the target.
 */
export type IDiffPart =
  | { kind: 'cell'; cell: IPlacedCell }
  | { kind: 'unchanged'; cells: IPlacedCell[] }
  | { kind: 'left'; base: number; target: number };

export interface ICount {
  added: number;
  deleted: number;
  moved: number;
  changed: number;
  total: number;
}

/** Whether there is anything to read: a new execution count alone is not. */
export function isChanged(cell: CellDiffModel): boolean {
  return !(cell.source.unchanged && cell.metadata.unchanged && !outputsChanged(cell));
}

export function outputsChanged(cell: CellDiffModel): boolean {
  return !(cell.outputs ?? []).every(isSameOutput);
}

/** nbdime writes both outputs as JSON to compare them, also where they are one object. */
export function isSameOutput(output: OutputDiffModel): boolean {
  return output.base === output.remote || output.unchanged;
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
  for (const model of cells) {
    const places = {
      base: model.added ? null : inBase++,
      target: model.deleted ? null : inTarget++
    };
    const left = places.target === null ? from.get(places.base!) : undefined;
    const moved = places.base === null ? to.get(places.target!) : undefined;
    if (left) {
      parts.push({ kind: 'left', base: left.base, target: left.target });
    } else if (moved) {
      const now = createPatchedCellDiffModel(base.cells[moved.base], moved.diff, mimetype);
      const placed = { base: moved.base, target: moved.target };
      parts.push({ kind: 'cell', cell: { kind: 'moved', model: now, places: placed } });
    } else if (isChanged(model)) {
      const kind = model.added ? 'added' : model.deleted ? 'removed' : 'changed';
      parts.push({ kind: 'cell', cell: { kind, model, places } });
    } else {
      const cell: IPlacedCell = { kind: 'unchanged', model, places };
      const last = parts[parts.length - 1];
      if (last?.kind === 'unchanged') {
        last.cells.push(cell);
      } else {
        parts.push({ kind: 'unchanged', cells: [cell] });
      }
    }
  }
  return parts;
}

/** How many cells changed, for the sentence above the diff. */
export function countOf(parts: IDiffPart[], cells: CellDiffModel[]): ICount {
  const of = (kind: CellKind): number =>
    parts.filter(part => part.kind === 'cell' && part.cell.kind === kind).length;
  return {
    added: of('added'),
    deleted: of('removed'),
    moved: of('moved'),
    changed: of('changed'),
    total: cells.filter(cell => !cell.added).length
  };
}
