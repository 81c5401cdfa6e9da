import type { CodeEditor } from '@jupyterlab/codeeditor';
import type { INotebookContent } from '@jupyterlab/nbformat';
import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { type ITranslator, nullTranslator } from '@jupyterlab/translation';
import type { Message } from '@lumino/messaging';
import { Panel, Widget } from '@lumino/widgets';
import { createEditorFactory } from 'nbdime/lib/common/editor';
import { NotebookDiffModel } from 'nbdime/lib/diff/model/notebook';
import type { IDiff } from '../types';
import { CellView, cellTitle } from './cell';
import type { IDrawing } from './drawing';
import { Fold, LineButton } from './fold';
import { countOf, diffParts, type ICount, type IDiffPart } from './parts';
import { Slices } from './slices';
import type { IDiffCell, IDiffLine, IDiffSlots, Side } from './slots';

export interface IDiffOptions {
  /** A registry made by `sandboxRegistry`, and no other. */
  rendermime: IRenderMimeRegistry;
  editorFactory?: CodeEditor.Factory;
  translator?: ITranslator;
  /** What the host draws into the cells. */
  slots?: IDiffSlots;
  /** Whether outputs are open, and not told in a line, from the beginning. */
  outputsOpen?: boolean;
}

/** Draw what changed between two versions into an element of the page. */
export function drawDiff(host: HTMLElement, data: IDiff, options: IDiffOptions): DiffView {
  const view = new DiffView(data, options);
  Widget.attach(view, host);
  return view;
}

/** A piece of the page that is drawn when its turn comes. */
interface IDrawable {
  draw(): void;
}

/** So many cells are drawn before the room for all others is made. */
const AT_ONCE = 1;

/** How far from the window a cell is drawn before its turn. */
const NEAR = '800px';

/** The cells of two versions: the changed ones to read, the others behind lines that open. */
export class DiffView extends Panel {
  constructor(data: IDiff, options: IDiffOptions) {
    super();
    this.addClass('tb-Diff');
    this.addClass('nbdime-root');
    this.addClass('jp-Notebook-diff');
    const model = new NotebookDiffModel(withLanguage(data.base), data.diff);
    const translator = options.translator ?? nullTranslator;
    this.drawing = {
      rendermime: options.rendermime,
      editorFactory: options.editorFactory ?? createEditorFactory(),
      translator,
      trans: translator.load('trailbook'),
      mimetype: model.mimetype,
      slots: options.slots ?? {},
      outputsOpen: options.outputsOpen ?? false
    };
    const parts = diffParts(model.cells, data.moves, data.base, model.mimetype);
    this.count = countOf(parts, model.cells);
    this.slices.add(parts.map(part => ({ draw: () => this.room(part) })));
    this.drawn = this.slices.done;
  }

  /** How many cells changed, for the sentence above the diff. */
  readonly count: ICount;
  /** Settles when every changed cell is drawn. */
  readonly drawn: Promise<void>;

  /** The cells that have a place in the page by now, also those behind folds, in its order. */
  get cells(): readonly IDiffCell[] {
    return this.views;
  }

  /** The cell at a place of a version, from 0; null where there is none. */
  cellAt(side: Side, place: number): IDiffCell | null {
    return this.views.find(cell => cell.places[side] === place) ?? null;
  }

  /** Bring a cell before the reader's eyes and give it the focus, from behind a fold if need be. */
  reveal(cell: IDiffCell): void {
    const view = this.viewOf(cell);
    view?.draw();
    show(view?.node);
  }

  /** The element of a line of source, drawn and unfolded for it; null where there is none. */
  lineElement({ cell, side, line }: IDiffLine): HTMLElement | null {
    return this.viewOf(cell)?.line(side, line) ?? null;
  }

  /** Open the outputs of all changed cells, or fold them into a line each. */
  openOutputs(open: boolean): void {
    this.drawing.outputsOpen = open;
    const opening = new Slices<CellView>(view => view.openOutputs(open));
    opening.add(this.views.filter(view => view.changed));
    opening.start();
  }

  /** Ask the host for its line markers anew, of one cell or of all. */
  refreshLines(cell?: IDiffCell): void {
    this.views.filter(view => !cell || view === cell).forEach(view => view.refreshLines());
  }

  protected override onAfterAttach(message: Message): void {
    super.onAfterAttach(message);
    if (!this.started) {
      this.started = true;
      this.slices.start();
    }
  }

  override dispose(): void {
    this.slices.stop();
    this.near.disconnect();
    super.dispose();
  }

  /** Make room for a part, so that all of the page is there before the last cell is drawn. */
  private room(part: IDiffPart): void {
    const { trans, slots } = this.drawing;
    if (part.kind === 'left') {
      const words = trans.__('↳ Cell %1 moved, and is cell %2 now', part.base + 1, part.target + 1);
      this.addWidget(new LineButton(words, () => this.showMoved(part.target)));
      return;
    }
    const placed = part.kind === 'cell' ? [part.cell] : part.cells;
    const views = placed.map(cell => new CellView(cell, this.drawing));
    this.views.push(...views);
    for (const run of runs(views, view => view.changed || !!slots.keepOpen?.(view))) {
      if (run.shown) {
        run.views.forEach(view => this.shell(view));
      } else {
        this.fold(run.views);
      }
    }
  }

  private shell(view: CellView): void {
    view.lay();
    this.addWidget(view);
    this.slices.add([view]);
    this.byNode.set(view.node, view);
    this.near.observe(view.node);
    this.shells += 1;
    if (this.shells <= AT_ONCE) {
      this.slices.hurry(view);
    }
  }

  private fold(views: CellView[]): void {
    const { trans } = this.drawing;
    const words =
      views[0].kind === 'moved'
        ? cellTitle(views[0], this.drawing)
        : trans._n('⋯ %1 unchanged cell', '⋯ %1 unchanged cells', views.length);
    const fold = new Fold(words, views);
    views.forEach(view => this.folds.set(view, fold));
    this.addWidget(fold);
  }

  /** Show where a moved cell stands now; an unchanged one may stay behind its line. */
  private showMoved(target: number): void {
    const view = this.cellAt('target', target) as CellView | null;
    const fold = view && this.folds.get(view);
    show(fold && !view.isAttached ? fold.node : view?.node);
  }

  /** Of a cell of ours; taken out from behind its fold. */
  private viewOf(cell: IDiffCell): CellView | null {
    const view = this.views.find(each => each === cell) ?? null;
    if (view && !view.isAttached) {
      this.folds.get(view)?.open();
    }
    return view;
  }

  private readonly drawing: IDrawing;
  private readonly views: CellView[] = [];
  private readonly folds = new Map<CellView, Fold>();
  private readonly slices = new Slices<IDrawable>(item => item.draw());
  private readonly byNode = new WeakMap<Element, CellView>();
  private readonly near = new IntersectionObserver(
    seen => {
      for (const { isIntersecting, target } of seen) {
        const view = isIntersecting && this.byNode.get(target);
        if (view) {
          this.near.unobserve(target);
          this.slices.hurry(view);
        }
      }
    },
    { rootMargin: NEAR }
  );
  private shells = 0;
  private started = false;
}

/** Neighbours that are all shown or all not. */
function runs(
  views: CellView[],
  isShown: (view: CellView) => boolean
): { shown: boolean; views: CellView[] }[] {
  const found: { shown: boolean; views: CellView[] }[] = [];
  for (const view of views) {
    const shown = isShown(view);
    const last = found[found.length - 1];
    if (last?.shown === shown) {
      last.views.push(view);
    } else {
      found.push({ shown, views: [view] });
    }
  }
  return found;
}

function show(node: HTMLElement | null | undefined): void {
  node?.scrollIntoView({ block: 'start' });
  node?.focus({ preventScroll: true });
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
