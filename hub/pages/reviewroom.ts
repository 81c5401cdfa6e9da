/** The changes of one notebook under review, with ticks, threads and forms in its cells. */
import { type DiffView, drawDiff, type IDiffCell, type IDiffLine } from '../../extensions/ui/diff';
import type { IDiffQuery } from '../../extensions/ui/client';
import { element, pressButton } from '../../extensions/ui/element';
import { sandboxRegistry } from '../../extensions/ui/sandbox';
import type { IDiff, IReviewedCell, IReviewedNotebook, IThread } from '../../extensions/ui/types';
import { client, reviews } from './host';
import { fromNothing, quoteOf } from './reviewcontent';
import { type IComparison, isAbout, reviewedCell, standsIn } from './reviewplaces';
import { type Board, say } from './reviewboard';
import { type ISubject, newThreadForm } from './reviewwriting';

/** Longer than this without an answer, and the page says that it is at work. */
const PATIENCE_MS = 300;

export class Room {
  constructor(
    private readonly node: HTMLElement,
    private readonly board: Board,
    private readonly notebook: IReviewedNotebook
  ) {
    this.drawn = { notebook, base: node.dataset.base || null };
  }

  /** Draw, and settle when every changed cell is in the page. */
  async draw(outputs: boolean, metadata: boolean): Promise<void> {
    const { base, head = '', frame = '' } = this.node.dataset;
    const waiting = window.setTimeout(
      () => (this.node.textContent = 'Comparing the two versions …'),
      PATIENCE_MS
    );
    const data = await this.compared(base, head, { outputs, metadata }).finally(() =>
      window.clearTimeout(waiting)
    );
    this.node.replaceChildren();
    this.view = drawDiff(this.node, data, {
      rendermime: sandboxRegistry({ frameUrl: frame }),
      slots: {
        cellHead: cell => this.head(cell),
        cellFoot: cell => this.foot(cell),
        outputFoot: ({ cell, places }) => this.outputButton(cell, places.target),
        lineMarker: line => this.marker(line),
        chooseLine: line => this.choose(line),
        chooseLineWords: this.mayComment ? 'Enter comments on a line' : undefined,
        keepOpen: cell => this.threadsIn(cell).some(({ resolved }) => !resolved)
      }
    });
    await this.view.drawn;
  }

  private async compared(base: string | undefined, head: string, what: IDiffQuery): Promise<IDiff> {
    return base
      ? client.diff(base, head, what)
      : fromNothing(await client.content(head), this.notebook.head!);
  }

  /** The threads that stand in one of the cells. */
  placed(): Set<string> {
    const all = (this.view?.cells ?? []).flatMap(cell => this.threadsIn(cell));
    return new Set(all.map(({ id }) => id));
  }

  /** Bring a thread before the reader's eyes; false where it is not drawn here. */
  reveal(thread: IThread): boolean {
    const cell = this.view?.cells.find(each => standsIn(thread, each, this.drawn));
    if (!cell) {
      return false;
    }
    this.view?.reveal(cell);
    this.fold(cell, false);
    const box = document.getElementById(`thread-${thread.id}`);
    box?.scrollIntoView({ block: 'center' });
    box?.focus({ preventScroll: true });
    return box !== null;
  }

  /** The drawn cell that an element is in. */
  cellOf(inside: Element | null): IDiffCell | undefined {
    return this.view?.cells.find(({ node }) => node.contains(inside));
  }

  /** Tick the cell, or take its tick away. */
  toggle(cell: IDiffCell): boolean {
    const box = cell.node.querySelector<HTMLInputElement>('.tb-viewed input');
    box?.click();
    return Boolean(box);
  }

  /** Begin a thread in a cell. */
  write(cell: IDiffCell, subject: ISubject): void {
    const known = reviewedCell(cell, this.drawn);
    const foot = cell.node.querySelector('.review-foot');
    if (!this.mayComment || !known || !foot) {
      return;
    }
    this.fold(cell, false);
    const open = foot.querySelector<HTMLElement>('.new-thread');
    const text = open?.querySelector('textarea')?.value ?? '';
    open?.remove();
    const form = newThreadForm(
      { board: this.board, drawn: this.drawn, cell, known },
      subject,
      {
        done: thread => {
          const box = this.board.box(thread);
          foot.append(box);
          box.focus({ preventScroll: true });
          this.view?.refreshLines(cell);
        },
        left: () => cell.node.focus({ preventScroll: true })
      },
      text
    );
    foot.append(form);
    form.querySelector('textarea')?.focus();
  }

  private head(cell: IDiffCell): HTMLElement | null {
    const known = reviewedCell(cell, this.drawn);
    if (!known) {
      return null;
    }
    const room = element('span', 'review-head');
    if (this.mayComment) {
      room.append(pressButton('Comment', 'tb-button tb-small', () => this.write(cell, {})));
    }
    if (known.digest && known.change !== 'same') {
      room.append(this.tick(cell, known));
    }
    return room;
  }

  private tick(cell: IDiffCell, known: IReviewedCell): HTMLElement {
    const box = element('input', '');
    box.type = 'checkbox';
    box.checked = known.viewed;
    const label = element('label', 'tb-viewed', box, ' viewed');
    const show = pressButton('Show', 'tb-button tb-link', () => this.fold(cell, false));
    show.hidden = !known.viewed;
    box.onchange = async () => {
      const viewed = box.checked;
      this.fold(cell, viewed);
      try {
        const { review } = this.board;
        const { notebook } = this.notebook;
        await reviews.setViewed(review.id, notebook, known.number, known.digest, viewed);
        known.viewed = viewed;
        this.countViewed();
      } catch (reason) {
        box.checked = !viewed;
        this.fold(cell, !viewed);
        say('told', reason instanceof Error ? reason.message : String(reason));
      }
    };
    cell.node.classList.toggle('is-viewed', known.viewed);
    return element('span', '', show, label);
  }

  /** Fold a cell that was viewed, or show it again. */
  private fold(cell: IDiffCell, folded: boolean): void {
    cell.node.classList.toggle('is-viewed', folded);
    const show = cell.node.querySelector<HTMLElement>('.review-head .tb-link');
    if (show) {
      show.hidden = !folded;
    }
  }

  private countViewed(): void {
    const cells = this.board.review.notebooks
      .flatMap(notebook => notebook.cells)
      .filter(({ change, digest }) => change !== 'same' && digest);
    say('viewed', `viewed ${cells.filter(({ viewed }) => viewed).length}/${cells.length}`);
  }

  private foot(cell: IDiffCell): HTMLElement {
    const foot = element('div', 'review-foot');
    foot.append(...this.threadsIn(cell).map(thread => this.board.box(thread)));
    return foot;
  }

  private outputButton(cell: IDiffCell, output: number | null): HTMLElement | null {
    if (!this.mayComment || output === null || !reviewedCell(cell, this.drawn)) {
      return null;
    }
    const words = `Comment on output ${output + 1}`;
    return pressButton(words, 'tb-button tb-link review-output', async () => {
      const head = this.notebook.head?.id ?? '';
      const quote = quoteOf(await client.content(head), cell.places.target ?? 0, output);
      this.write(cell, { output, quote });
    });
  }

  private marker({ cell, side, line }: IDiffLine): HTMLElement | null {
    const here = this.threadsIn(cell).filter(thread => isAbout(thread, side, line));
    if (here.length) {
      const open = here.some(({ resolved }) => !resolved);
      return element('span', `review-mark${open ? '' : ' is-resolved'}`, String(here.length));
    }
    return this.mayComment && this.canWrite(cell, side)
      ? element('span', 'review-plus', '+')
      : null;
  }

  private choose({ cell, side, line }: IDiffLine): void {
    if (!this.canWrite(cell, side)) {
      return;
    }
    this.write(cell, { side, first: line, last: line });
  }

  private canWrite(cell: IDiffCell, side: IDiffLine['side']): boolean {
    const known = reviewedCell(cell, this.drawn);
    return known !== undefined && (side === 'target' || this.drawn.base === this.notebook.base?.id);
  }

  private threadsIn(cell: IDiffCell): IThread[] {
    return Array.from(this.board.threads.values()).filter(thread =>
      standsIn(thread, cell, this.drawn)
    );
  }

  private get mayComment(): boolean {
    return this.board.review.rights.comment;
  }

  private readonly drawn: IComparison;
  view: DiffView | null = null;
}
