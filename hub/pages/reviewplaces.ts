/** Which cell of a review a drawn cell is, and where its threads stand. Pure. */
import type { IDiffCell, Side } from '../../extensions/ui/diff';
import type { IReviewedCell, IReviewedNotebook, IThread } from '../../extensions/ui/types';

/** The notebook under review that is drawn, and from which version on. */
export interface IComparison {
  notebook: IReviewedNotebook;
  /** The version that is compared with; null: from nothing. */
  base: string | null;
}

/** Whether what is drawn begins where the review does, so that both sides have names in it. */
export const isWhole = ({ notebook, base }: IComparison): boolean =>
  base !== null && base === notebook.base?.id;

/** The review's cell that is drawn; undefined where the review does not tell of it. */
export function reviewedCell(cell: IDiffCell, drawn: IComparison): IReviewedCell | undefined {
  const { base, target } = cell.places;
  return drawn.notebook.cells.find(({ place, base_place }) =>
    target !== null ? place === target : isWhole(drawn) && place === null && base_place === base
  );
}

/** Whether a thread stands in this cell, as the cell is drawn. */
export function standsIn(thread: IThread, cell: IDiffCell, drawn: IComparison): boolean {
  const { anchor, placement } = thread;
  if (anchor.notebook !== drawn.notebook.notebook || placement.place === null) {
    return false;
  }
  return anchor.side === 'base'
    ? isWhole(drawn) && cell.places.base === placement.place
    : cell.places.target === placement.place;
}

/** The lines that a thread is about now, if it is about lines. */
export function linesOf({ anchor, placement }: IThread): { first: number; last: number } | null {
  const first = placement.state === 'gone' ? null : (placement.first_line ?? anchor.first_line);
  return anchor.kind === 'lines' && first !== null
    ? { first, last: placement.last_line ?? anchor.last_line ?? first }
    : null;
}

/** Whether a thread is about this line. */
export function isAbout(thread: IThread, side: Side, line: number): boolean {
  const lines = linesOf(thread);
  return (
    lines !== null &&
    (thread.anchor.side === 'base') === (side === 'base') &&
    lines.first <= line &&
    line <= lines.last
  );
}
