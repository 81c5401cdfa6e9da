import type { Cell } from '@jupyterlab/cells';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { IThread } from '../../ui/reviewtypes';
import { indexOf } from './cells';
import type { ReviewsModel } from './model';

const MARK = 'trailbook-ThreadMark';

/** A mark in the margin of each cell that somebody said something about. */
export class ThreadMarks {
  constructor(
    private readonly model: ReviewsModel,
    private readonly trans: TranslationBundle,
    private readonly open: (thread: IThread) => void
  ) {
    model.changed.connect(() => this.draw());
  }

  private draw(): void {
    const { panel, here } = this.model;
    if (!panel || panel.isDisposed) {
      return;
    }
    const threads = new Map<number, IThread[]>();
    for (const each of here) {
      for (const thread of each.review.threads.filter(thread => !thread.resolved)) {
        const index = indexOf(thread, each, panel);
        if (index >= 0) {
          threads.set(index, [...(threads.get(index) ?? []), thread]);
        }
      }
    }
    panel.content.widgets.forEach((cell, index) => this.mark(cell, threads.get(index) ?? []));
  }

  private mark(cell: Cell, threads: IThread[]): void {
    cell.node.querySelector(`:scope > .${MARK}`)?.remove();
    if (threads.length === 0) {
      return;
    }
    const words = this.trans._n('%1 open thread', '%1 open threads', threads.length);
    const button = document.createElement('button');
    button.type = 'button';
    button.className = MARK;
    button.textContent = String(threads.length);
    button.title = words;
    button.setAttribute('aria-label', words);
    button.onclick = () => this.open(threads[0]);
    cell.node.append(button);
  }
}
