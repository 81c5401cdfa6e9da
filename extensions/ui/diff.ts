import type { CodeEditor } from '@jupyterlab/codeeditor';
import type { INotebookContent } from '@jupyterlab/nbformat';
import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { type ITranslator, nullTranslator, type TranslationBundle } from '@jupyterlab/translation';
import type { Message } from '@lumino/messaging';
import { Panel, Widget } from '@lumino/widgets';
import { createEditorFactory } from 'nbdime/lib/common/editor';
import { type CellDiffModel, NotebookDiffModel } from 'nbdime/lib/diff/model';
import { CellDiffWidget } from 'nbdime/lib/diff/widget';
import type { IDiff } from './types';

export interface IDiffOptions {
  /** A registry made by `sandboxRegistry`, and no other. */
  rendermime: IRenderMimeRegistry;
  editorFactory?: CodeEditor.Factory;
  translator?: ITranslator;
}

interface ICount {
  added: number;
  deleted: number;
  changed: number;
  total: number;
}

interface IDrawing extends Required<IDiffOptions> {
  mimetype: string;
  trans: TranslationBundle;
  /** Ids of cells that were removed in one place and added in another. */
  moved: Set<string>;
}

/** How long a batch of cells may keep the page busy, in ms. */
const BATCH_MS = 12;

/** The changed cells of two versions; unchanged ones are a line that opens. */
export function diffWidgets(data: IDiff, options: IDiffOptions): DiffView {
  return new DiffView(data, options);
}

/** Draws changed cells in small batches, so that the first is there at once. */
export class DiffView extends Panel {
  constructor(data: IDiff, options: IDiffOptions) {
    super();
    this.addClass('tb-Diff');
    this.addClass('nbdime-root');
    this.addClass('jp-Notebook-diff');
    const model = new NotebookDiffModel(withLanguage(data.base), data.diff);
    const translator = options.translator ?? nullTranslator;
    this.count = count(model.cells);
    this.runs = inRuns(model.cells);
    this.drawing = {
      rendermime: options.rendermime,
      editorFactory: options.editorFactory ?? createEditorFactory(),
      translator,
      trans: translator.load('trailbook'),
      mimetype: model.mimetype,
      moved: movedIds(model.cells)
    };
    this.drawn = new Promise(resolve => (this.finish = resolve));
  }

  /** How many cells changed, for the sentence above the diff. */
  readonly count: ICount;
  /** Settles when every changed cell is in the page. */
  readonly drawn: Promise<void>;

  protected override onAfterAttach(message: Message): void {
    super.onAfterAttach(message);
    if (!this.started) {
      this.started = true;
      this.drawFrom(0);
    }
  }

  private drawFrom(start: number): void {
    const until = performance.now() + BATCH_MS;
    let next = start;
    while (next < this.runs.length && (next === start || performance.now() < until)) {
      const panel = runPanel(this.runs[next], this.drawing);
      this.addWidget(panel);
      nameEditors(panel.node, this.drawing);
      next += 1;
    }
    if (this.isDisposed || next === this.runs.length) {
      this.finish();
    } else {
      // A timer, for animation frames stand still in a tab that is not in front.
      setTimeout(() => this.isDisposed || this.drawFrom(next));
    }
  }

  private readonly runs: IRun[];
  private readonly drawing: IDrawing;
  private finish: () => void = () => undefined;
  private started = false;
}

/** nbdime colours by MIME type, which notebooks may lack and comparisons may leave out. */
function withLanguage(base: INotebookContent): INotebookContent {
  const { language_info: info, kernelspec } = base.metadata;
  if (info?.mimetype) {
    return base;
  }
  const name = info?.name ?? (kernelspec?.language as string | undefined) ?? 'python';
  const language_info = { name, mimetype: `text/x-${name.toLowerCase()}` };
  return { ...base, metadata: { ...base.metadata, language_info } };
}

/** One changed cell, or neighbouring cells without a change; `first` counts from 1. */
interface IRun {
  first: number;
  cells: CellDiffModel[];
  changed: boolean;
}

/** Whether there is anything to read: a new execution count alone is not. */
function isChanged(cell: CellDiffModel): boolean {
  return !(
    cell.source.unchanged &&
    cell.metadata.unchanged &&
    (cell.outputs ?? []).every(output => output.unchanged)
  );
}

function inRuns(cells: CellDiffModel[]): IRun[] {
  const runs: IRun[] = [];
  cells.forEach((cell, index) => {
    const last = runs[runs.length - 1];
    if (isChanged(cell)) {
      runs.push({ first: index + 1, cells: [cell], changed: true });
    } else if (last && !last.changed) {
      last.cells.push(cell);
    } else {
      runs.push({ first: index + 1, cells: [cell], changed: false });
    }
  });
  return runs;
}

function count(cells: CellDiffModel[]): ICount {
  const changed = cells.filter(isChanged);
  const added = changed.filter(cell => cell.added).length;
  const deleted = changed.filter(cell => cell.deleted).length;
  const total = cells.length - added;
  return { added, deleted, changed: changed.length - added - deleted, total };
}

const idOf = (cell: CellDiffModel): string | null =>
  (cell.cellId?.remote ?? cell.cellId?.base ?? null) as string | null;

function movedIds(cells: CellDiffModel[]): Set<string> {
  const removed = new Set(cells.filter(cell => cell.deleted).map(idOf));
  const added = cells.filter(cell => cell.added).map(idOf);
  return new Set(added.filter((id): id is string => id !== null && removed.has(id)));
}

function runPanel(run: IRun, drawing: IDrawing): Widget {
  return run.changed ? changedCell(run.cells[0], run.first, drawing) : unchangedRun(run, drawing);
}

/** Say to those who do not see it which side an editor is. */
function nameEditors(root: HTMLElement, { trans }: IDrawing): void {
  for (const editor of root.querySelectorAll('.cm-content')) {
    const after = editor.closest('.cm-diff-right-editor, .jp-Diff-added');
    editor.setAttribute('aria-label', after ? trans.__('After') : trans.__('Before'));
    editor.setAttribute('aria-readonly', 'true');
  }
}

function changedCell(cell: CellDiffModel, position: number, drawing: IDrawing): Panel {
  const panel = new Panel();
  panel.addClass('tb-Diff-cell');
  panel.node.tabIndex = -1;
  const head = new Widget({ node: document.createElement('h2') });
  head.addClass('tb-Diff-head');
  head.node.textContent = title(cell, position, drawing);
  panel.addWidget(head);
  panel.addWidget(cellWidget(cell, drawing));
  return panel;
}

function title(cell: CellDiffModel, position: number, { trans, moved }: IDrawing): string {
  const id = idOf(cell);
  if (id !== null && moved.has(id)) {
    return cell.added
      ? trans.__('Cell %1, moved to here', position)
      : trans.__('Cell %1, moved from here', position);
  }
  if (cell.added) {
    return trans.__('+ Cell %1, added', position);
  }
  if (cell.deleted) {
    return trans.__('− Cell %1, removed', position);
  }
  return cell.source.unchanged
    ? trans.__('Cell %1, same code, other output', position)
    : trans.__('Cell %1, changed', position);
}

function cellWidget(cell: CellDiffModel, drawing: IDrawing): Widget {
  const { rendermime, editorFactory, translator, mimetype } = drawing;
  try {
    return new CellDiffWidget({
      model: cell,
      rendermime,
      mimetype,
      editorFactory,
      translator,
      collapseIdentical: 3
    });
  } catch (reason) {
    // One cell that nbdime cannot draw must not take the others with it.
    console.error(reason);
    return plainCell(cell);
  }
}

function plainCell(cell: CellDiffModel): Widget {
  const widget = new Widget({ node: document.createElement('pre') });
  widget.addClass('tb-Diff-plain');
  const lines = (mark: string, text: string | null): string[] =>
    text === null ? [] : text.split('\n').map(line => `${mark} ${line}`);
  widget.node.textContent = [
    ...lines('-', cell.source.base),
    ...lines('+', cell.source.remote)
  ].join('\n');
  return widget;
}

function unchangedRun(run: IRun, drawing: IDrawing): Panel {
  const panel = new Panel();
  panel.addClass('tb-Diff-unchanged');
  const button = document.createElement('button');
  button.type = 'button';
  button.textContent = drawing.trans._n(
    '⋯ %1 unchanged cell',
    '⋯ %1 unchanged cells',
    run.cells.length
  );
  const line = new Widget({ node: button });
  button.onclick = () => {
    line.dispose();
    run.cells.forEach(cell => panel.addWidget(cellWidget(cell, drawing)));
  };
  panel.addWidget(line);
  return panel;
}
