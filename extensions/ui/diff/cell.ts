import { Panel, Widget } from '@lumino/widgets';
import type { IDrawing } from './drawing';
import { type IPlacedCell, isChanged, outputsChanged } from './parts';
import { MarkdownView } from './markdownview';
import { outputPairs } from './outputpairs';
import { OutputsView } from './outputsview';
import type { CellKind, IDiffCell, Side } from './slots';
import { SourceView } from './source';

/** The height that a line of source takes before it is drawn, in pixels. */
const LINE_PX = 20;
const MOST_LINES = 40;

/** One cell: its head, what changed in it, and what the host puts around that. */
export class CellView extends Panel implements IDiffCell {
  constructor(
    private readonly placed: IPlacedCell,
    private readonly drawing: IDrawing
  ) {
    super();
    const { model, kind, places } = placed;
    this.kind = kind;
    this.places = places;
    this.cellType = model.cellType;
    this.sources = { base: model.source.base, target: model.source.remote };
    this.sourceChanged = !model.source.unchanged;
    this.outputsChanged = outputsChanged(model);
    this.changed = isChanged(model);
    this.addClass('tb-Diff-cell');
    this.node.tabIndex = -1;
  }

  readonly kind: CellKind;
  readonly places: IDiffCell['places'];
  readonly cellType: string;
  readonly sources: IDiffCell['sources'];
  readonly sourceChanged: boolean;
  readonly outputsChanged: boolean;
  /** Whether there is anything to read in it. */
  readonly changed: boolean;

  /** Put in the head, the room for what is drawn later, and the foot. */
  lay(): void {
    if (this.widgets.length > 0) {
      return;
    }
    const { slots } = this.drawing;
    const words = cellTitle(this, this.drawing);
    this.node.setAttribute('role', 'region');
    this.node.setAttribute('aria-label', words);
    const head = document.createElement('header');
    head.className = 'tb-Diff-head';
    const title = document.createElement('h2');
    title.textContent = words;
    head.append(title);
    const more = slots.cellHead?.(this);
    if (more) {
      head.append(more);
    }
    this.addWidget(new Widget({ node: head }));
    this.body.addClass('tb-Diff-body');
    this.body.node.style.minHeight = `${this.lines() * LINE_PX}px`;
    this.addWidget(this.body);
    const foot = slots.cellFoot?.(this);
    if (foot) {
      this.addWidget(new Widget({ node: foot }));
    }
  }

  /** Draw what changed, if that is not done yet. */
  draw(): void {
    if (this.source || this.isDisposed) {
      return;
    }
    this.lay();
    this.source = new SourceView(this, this.placed.model, this.drawing);
    const { model } = this.placed;
    if (model.cellType === 'markdown' && this.sourceChanged) {
      this.prose = new MarkdownView(model, this.source.widget, this.drawing);
    }
    this.body.addWidget(this.prose ?? this.source.widget);
    const pairs = outputPairs(model.outputs ?? []);
    if (pairs.length > 0) {
      this.outputs = new OutputsView(this, pairs, this.drawing);
      this.outputs.setOpen(this.drawing.outputsOpen || this.kind === 'added');
      this.body.addWidget(this.outputs);
    }
    this.body.node.style.minHeight = '';
  }

  refreshLines(): void {
    this.source?.refresh();
  }

  openOutputs(open: boolean): void {
    this.outputs?.setOpen(open);
  }

  line(side: Side, line: number): HTMLElement | null {
    this.draw();
    this.prose?.showLines();
    return this.source?.line(side, line) ?? null;
  }

  private lines(): number {
    const { base, target } = this.sources;
    const count = (text: string | null): number => (text ?? '').split('\n').length;
    return Math.min(MOST_LINES, Math.max(count(base), count(target)));
  }

  private readonly body = new Panel();
  private source: SourceView | null = null;
  private prose: MarkdownView | null = null;
  private outputs: OutputsView | null = null;
}

/** A cell in words: which it is, from 1, and what became of it. */
export function cellTitle(cell: CellView, { trans }: IDrawing): string {
  const [before, after] = [cell.places.base ?? 0, cell.places.target ?? 0].map(at => at + 1);
  switch (cell.kind) {
    case 'moved':
      return cell.changed
        ? trans.__('↳ Cell %1, was cell %2 before, changed', after, before)
        : trans.__('↳ Cell %1 was cell %2 before, unchanged', after, before);
    case 'added':
      return trans.__('+ Cell %1, added', after);
    case 'removed':
      return trans.__('− Cell %1, removed', before);
    case 'unchanged':
      return trans.__('Cell %1, unchanged', after);
    default:
      return cell.sourceChanged || !cell.outputsChanged
        ? trans.__('Cell %1, changed', after)
        : trans.__('Cell %1, same code, other output', after);
  }
}
