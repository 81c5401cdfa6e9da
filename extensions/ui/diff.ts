import type { CodeEditor } from '@jupyterlab/codeeditor';
import type { INotebookContent } from '@jupyterlab/nbformat';
import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { type ITranslator, nullTranslator, type TranslationBundle } from '@jupyterlab/translation';
import type { Message } from '@lumino/messaging';
import { Panel, Widget } from '@lumino/widgets';
import { createEditorFactory } from 'nbdime/lib/common/editor';
import { type CellDiffModel, NotebookDiffModel } from 'nbdime/lib/diff/model';
import { CellDiffWidget } from 'nbdime/lib/diff/widget';
import { countOf, diffParts, type ICount, type IDiffPart, isChanged } from './diffparts';
import type { IDiff } from './types';

export interface IDiffOptions {
  /** A registry made by `sandboxRegistry`, and no other. */
  rendermime: IRenderMimeRegistry;
  editorFactory?: CodeEditor.Factory;
  translator?: ITranslator;
}

interface IDrawing extends Required<IDiffOptions> {
  mimetype: string;
  trans: TranslationBundle;
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
    this.parts = diffParts(model.cells, data.moves, data.base, model.mimetype);
    this.count = countOf(this.parts, model.cells);
    this.drawing = {
      rendermime: options.rendermime,
      editorFactory: options.editorFactory ?? createEditorFactory(),
      translator,
      trans: translator.load('trailbook'),
      mimetype: model.mimetype
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

  /** Bring a cell that moved before the reader's eyes, where it stands now. */
  private reveal(position: number): void {
    const index = this.parts.findIndex(part => part.kind === 'moved' && part.position === position);
    const node = this.widgets[index]?.node;
    node?.scrollIntoView({ block: 'start' });
    node?.focus({ preventScroll: true });
  }

  private drawFrom(start: number): void {
    const until = performance.now() + BATCH_MS;
    let next = start;
    while (next < this.parts.length && (next === start || performance.now() < until)) {
      const panel = partPanel(this.parts[next], this.drawing, position => this.reveal(position));
      this.addWidget(panel);
      nameEditors(panel.node, this.drawing);
      next += 1;
    }
    if (this.isDisposed || next === this.parts.length) {
      this.finish();
    } else {
      // A timer, for animation frames stand still in a tab that is not in front.
      setTimeout(() => this.isDisposed || this.drawFrom(next));
    }
  }

  private readonly parts: IDiffPart[];
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

function partPanel(part: IDiffPart, drawing: IDrawing, show: (position: number) => void): Panel {
  const { trans } = drawing;
  const { position, other = 0, cells } = part;
  switch (part.kind) {
    case 'unchanged':
      return foldedCells(
        trans._n('⋯ %1 unchanged cell', '⋯ %1 unchanged cells', cells.length),
        cells,
        drawing
      );
    case 'left':
      return line(trans.__('↳ Cell %1 moved, and is cell %2 now', position, other), () => {
        show(other);
      });
    case 'moved':
      return isChanged(cells[0])
        ? changedCell(cells[0], title(part, drawing), drawing)
        : foldedCells(
            trans.__('↳ Cell %1 was cell %2 before, unchanged', position, other),
            cells,
            drawing
          );
    default:
      return changedCell(cells[0], title(part, drawing), drawing);
  }
}

/** Say to those who do not see it which side an editor is. */
function nameEditors(root: HTMLElement, { trans }: IDrawing): void {
  for (const editor of root.querySelectorAll('.cm-content')) {
    const after = editor.closest('.cm-diff-right-editor, .jp-Diff-added');
    editor.setAttribute('aria-label', after ? trans.__('After') : trans.__('Before'));
    editor.setAttribute('aria-readonly', 'true');
  }
}

function changedCell(cell: CellDiffModel, words: string, drawing: IDrawing): Panel {
  const panel = new Panel();
  panel.addClass('tb-Diff-cell');
  panel.node.tabIndex = -1;
  const head = new Widget({ node: document.createElement('h2') });
  head.addClass('tb-Diff-head');
  head.node.textContent = words;
  panel.addWidget(head);
  panel.addWidget(cellWidget(cell, drawing));
  return panel;
}

function title(part: IDiffPart, { trans }: IDrawing): string {
  const { kind, position, other = 0, cells } = part;
  switch (kind) {
    case 'moved':
      return trans.__('↳ Cell %1, was cell %2 before, changed', position, other);
    case 'added':
      return trans.__('+ Cell %1, added', position);
    case 'removed':
      return trans.__('− Cell %1, removed', position);
    default:
      return cells[0].source.unchanged
        ? trans.__('Cell %1, same code, other output', position)
        : trans.__('Cell %1, changed', position);
  }
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

/** One line that can be pressed. */
function line(words: string, press: (pressed: Widget) => void): Panel {
  const panel = new Panel();
  panel.addClass('tb-Diff-unchanged');
  panel.node.tabIndex = -1;
  const button = document.createElement('button');
  button.type = 'button';
  button.textContent = words;
  const pressed = new Widget({ node: button });
  button.onclick = () => press(pressed);
  panel.addWidget(pressed);
  return panel;
}

/** Cells behind a line that opens. */
function foldedCells(words: string, cells: CellDiffModel[], drawing: IDrawing): Panel {
  const panel = line(words, pressed => {
    pressed.dispose();
    cells.forEach(cell => panel.addWidget(cellWidget(cell, drawing)));
  });
  return panel;
}
