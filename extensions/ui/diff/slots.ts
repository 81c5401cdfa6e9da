/**
 * What a host puts into a drawn diff: its ticks, threads and comments. The diff knows none of them.
 */

/** The version that something stands in: the one before, or the one after. */
export type Side = 'base' | 'target';

export type CellKind = 'changed' | 'added' | 'removed' | 'moved' | 'unchanged';

/** A cell of the diff, whether it is in the page already or still behind a fold. */
export interface IDiffCell {
  readonly kind: CellKind;
  /** The cell's place in each version, from 0; null where that version does not have it. */
  readonly places: Readonly<Record<Side, number | null>>;
  readonly cellType: string;
  /** The cell's source in each version; null where that version does not have it. */
  readonly sources: Readonly<Record<Side, string | null>>;
  readonly sourceChanged: boolean;
  readonly outputsChanged: boolean;
  /** The cell's element. It can be focused; it is empty until the cell comes into the page. */
  readonly node: HTMLElement;
}

/** An output, or a pair of them, by their places in the cell's lists of outputs, from 0. */
export interface IDiffOutput {
  readonly cell: IDiffCell;
  readonly places: Readonly<Record<Side, number | null>>;
}

/** A line of a cell's source, from 1. */
export interface IDiffLine {
  readonly cell: IDiffCell;
  readonly side: Side;
  readonly line: number;
}

/**
 * What to draw besides the diff. Each of these is asked once for each thing, when that comes into
 * the page, which may be long after the beginning; what it answers is the host's to change.
 */
export interface IDiffSlots {
  /** At the end of a cell's head, beside its title: a tick, a button. */
  cellHead?(cell: IDiffCell): HTMLElement | null;
  /** Below a cell: its threads, the form for a new one. */
  cellFoot?(cell: IDiffCell): HTMLElement | null;
  /** Below an output, or below both that are compared. */
  outputFoot?(output: IDiffOutput): HTMLElement | null;
  /**
   * Beside a line of source, 16 pixels wide, hidden from screen readers as the whole gutter is.
   * Asked again after `DiffView.refreshLines`.
   */
  lineMarker?(line: IDiffLine): HTMLElement | null;
  /** A line was chosen: its gutter was pressed, or Enter with the cursor in it. */
  chooseLine?(line: IDiffLine): void;
  /** What `chooseLine` does, for who hears the page, as "Enter comments on a line". */
  chooseLineWords?: string;
  /** Whether an unchanged cell is shown as a changed one is, and not folded: it has a thread. */
  keepOpen?(cell: IDiffCell): boolean;
}
