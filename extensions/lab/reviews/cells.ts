import type { NotebookPanel } from '@jupyterlab/notebook';
import type { IThread } from '../../ui/reviewtypes';
import type { IReviewHere } from './model';

/** Where the cell that a thread is about stands in the open notebook; -1 where it is gone. */
export function indexOf(thread: IThread, here: IReviewHere, panel: NotebookPanel): number {
  const { place, snapshot } = thread.placement;
  if (place === null || snapshot !== here.notebook.head?.id) {
    return -1;
  }
  const id = here.ids[place];
  return panel.content.widgets.findIndex(cell => cell.model.id === id);
}

/** Bring the cell of a thread before the reader's eyes. */
export async function revealCell(
  thread: IThread,
  here: IReviewHere,
  panel: NotebookPanel
): Promise<void> {
  const index = indexOf(thread, here, panel);
  if (index >= 0) {
    panel.content.activeCellIndex = index;
    await panel.content.scrollToItem(index, 'center');
  }
}
