import type { YNotebook } from '@jupyter/ydoc';
import type { NotebookPanel } from '@jupyterlab/notebook';
import { asOneChange, type IUndo } from '../restore';

/** What a suggestion replaces is no longer there as it was. */
export class NotThere extends Error {}

/** A source with some of its lines replaced; raises NotThere where they are other lines by now. */
export function withLines(source: string, first: number, quote: string, by: string): string {
  const lines = source.split('\n');
  const old = quote.replace(/\n$/, '').split('\n');
  const found = lines.slice(first - 1, first - 1 + old.length);
  if (found.join('\n') !== old.join('\n')) {
    throw new NotThere();
  }
  const after = lines.slice(first - 1 + old.length);
  return [...lines.slice(0, first - 1), ...by.replace(/\n$/, '').split('\n'), ...after].join('\n');
}

/** Put a cell's new source into the open notebook, as one change that Undo takes back. */
export function replaceSource(panel: NotebookPanel, index: number, source: string): IUndo | null {
  const shared = panel.model?.sharedModel as YNotebook | undefined;
  const cell = shared?.cells[index];
  if (!cell) {
    throw new NotThere();
  }
  const before = cell.source;
  return asOneChange(
    panel,
    () => cell.setSource(source),
    () => cell.setSource(before)
  );
}
