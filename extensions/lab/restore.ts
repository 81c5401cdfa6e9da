import type { YNotebook } from '@jupyter/ydoc';
import type { ICell, INotebookContent, MultilineString } from '@jupyterlab/nbformat';
import { NotebookActions, type NotebookPanel } from '@jupyterlab/notebook';
import { JSONExt } from '@lumino/coreutils';

/** How to bring back what was there before a restore. */
export interface IUndo {
  /** Whether the notebook's own undo would do exactly that now. */
  readonly isNext: boolean;
  undo: () => void;
}

const restores = new WeakMap<NotebookPanel, IUndo>();

/** The last restore in a notebook, while it can be undone. */
export function lastRestore(panel: NotebookPanel): IUndo | null {
  return restores.get(panel) ?? null;
}

/**
 * Put these cells in place of the open notebook's, as one change of the shared document.
 *
 * Nothing is written to the file: the person saves, or undoes. With real-time collaboration the
 * others see it as they would see typing.
 */
export function restoreCells(panel: NotebookPanel, content: INotebookContent): IUndo | null {
  const shared = panel.model?.sharedModel as YNotebook | undefined;
  if (!shared) {
    return null;
  }
  const before = shared.toJSON().cells;
  return asOneChange(
    panel,
    () => replace(shared, content.cells.map(asCell)),
    () => replace(shared, before)
  );
}

/**
 * Do something to the cells of an open notebook so that one undo takes all of it back.
 *
 * `putBack` does that where other changes of the document have come on top.
 */
export function asOneChange(
  panel: NotebookPanel,
  change: () => void,
  putBack: () => void
): IUndo | null {
  const shared = panel.model?.sharedModel as YNotebook | undefined;
  if (!shared) {
    return null;
  }
  shared.undoManager.stopCapturing();
  shared.transact(change);
  shared.undoManager.stopCapturing();
  const mine = shared.undoManager.undoStack[shared.undoManager.undoStack.length - 1];
  const isNext = (): boolean =>
    mine !== undefined &&
    shared.undoManager.undoStack[shared.undoManager.undoStack.length - 1] === mine;
  const undo: IUndo = {
    get isNext() {
      return isNext();
    },
    undo: () => {
      restores.delete(panel);
      if (isNext()) {
        NotebookActions.undo(panel.content);
      } else {
        shared.transact(putBack);
      }
    }
  };
  restores.set(panel, undo);
  panel.content.mode = 'command';
  return undo;
}

/** Put a source back into its cell; into a new cell under the active one if it is gone. */
export function restoreSource(
  panel: NotebookPanel,
  cellId: string | null,
  source: string
): boolean {
  const shared = panel.model?.sharedModel;
  if (!shared) {
    return false;
  }
  const at = shared.cells.findIndex(cell => cell.id === cellId);
  if (at >= 0) {
    // As one change of the whole document, so that it is undone like any other restore.
    const content = shared.toJSON();
    const cells = content.cells.map((cell, n) => (n === at ? { ...cell, source } : cell));
    restoreCells(panel, { ...content, cells });
    panel.content.activeCellIndex = at;
  } else {
    const below = panel.content.activeCellIndex + 1;
    shared.insertCell(below, { cell_type: 'code', source, ...(cellId ? { id: cellId } : {}) });
    panel.content.activeCellIndex = below;
  }
  const cell = panel.content.activeCell;
  if (cell) {
    void panel.content.scrollToCell(cell);
  }
  return at >= 0;
}

/** Cells that are the same at both ends stay as they are, and keep their place on the screen. */
function replace(shared: YNotebook, cells: ICell[]): void {
  const now = shared.cells.map(cell => asCell(cell.toJSON() as ICell));
  const same = (a: ICell | undefined, b: ICell | undefined): boolean =>
    a !== undefined && b !== undefined && JSONExt.deepEqual(a, b);
  const shorter = Math.min(now.length, cells.length);
  let head = 0;
  while (head < shorter && same(now[head], cells[head])) {
    head += 1;
  }
  let tail = 0;
  while (
    tail < shorter - head &&
    same(now[now.length - 1 - tail], cells[cells.length - 1 - tail])
  ) {
    tail += 1;
  }
  shared.transact(() => {
    shared.deleteCellRange(head, now.length - tail);
    shared.insertCells(head, cells.slice(head, cells.length - tail));
  });
}

/** A stored cell as the shared model wants it; trust is never restored. */
function asCell(cell: ICell): ICell {
  const metadata = { ...cell.metadata };
  delete metadata.trusted;
  const outputs = Array.isArray(cell.outputs) ? { outputs: cell.outputs.map(asOutput) } : {};
  return { ...cell, ...outputs, metadata, source: joined(cell.source) } as ICell;
}

function asOutput(output: unknown): unknown {
  const { text, data, ...rest } = output as { text?: unknown; data?: Record<string, unknown> };
  return {
    ...rest,
    ...(text === undefined ? {} : { text: joined(text as MultilineString) }),
    ...(data === undefined
      ? {}
      : {
          data: Object.fromEntries(
            Object.entries(data).map(([mime, value]) => [
              mime,
              isLines(value) ? value.join('') : value
            ])
          )
        })
  };
}

function isLines(value: unknown): value is string[] {
  return Array.isArray(value) && value.every(line => typeof line === 'string');
}

function joined(text: MultilineString): string {
  return Array.isArray(text) ? text.join('') : text;
}
