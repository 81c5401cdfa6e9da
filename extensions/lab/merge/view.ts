import type { ICell } from '@jupyterlab/nbformat';
import { Panel, Widget } from '@lumino/widgets';
import type { IMerge } from '../../ui/merges';
import { Choices } from './choices';
import { type IPartOptions, PartView } from './part';

export interface IMergeViewOptions extends Omit<IPartOptions, 'around'> {
  /** What is brought together. */
  sentence: string;
  /** Put the cells that were decided on into the notebook. */
  apply: (cells: ICell[]) => Promise<void>;
}

/** A merge to decide: each part that somebody changed, and what nobody changed as a line. */
export class MergeView extends Panel {
  constructor(
    merge: IMerge,
    private readonly options: IMergeViewOptions
  ) {
    super();
    this.addClass('trailbook-MergeTab');
    this.choices = new Choices(merge);
    this.addWidget(this.head());
    let place = 0;
    merge.parts.forEach((part, index) => {
      const mine = part.kind === 'same' ? part.merged : part.ours;
      if (part.kind === 'same') {
        this.addWidget(this.line(part.merged.length));
      } else {
        const options = { ...this.options, around: merge.around };
        const view = new PartView(index, this.choices, this.heading(index, place), options);
        this.views.set(index, view);
        this.addWidget(view);
      }
      place += mine.length;
    });
    this.choices.changed.connect(() => this.count());
    this.count();
    this.node.addEventListener('keydown', event => {
      const typing = (event.target as HTMLElement).closest('.cm-content') !== null;
      if (event.key === 'n' && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
        this.next();
      }
    });
  }

  private head(): Widget {
    const { sentence, trans } = this.options;
    const head = document.createElement('div');
    head.className = 'trailbook-MergeTab-head';
    const words = document.createElement('p');
    words.textContent = sentence;
    this.said.setAttribute('role', 'status');
    this.trouble.setAttribute('role', 'alert');
    this.trouble.className = 'trailbook-trouble';
    const buttons = document.createElement('div');
    buttons.className = 'trailbook-Buttons';
    this.put.type = this.onward.type = 'button';
    this.put.textContent = trans.__('Put it into the notebook');
    this.put.onclick = () => void this.apply();
    this.onward.textContent = trans.__('Next to decide');
    this.onward.title = trans.__('Key n');
    this.onward.onclick = () => this.next();
    buttons.append(this.put, this.onward);
    head.append(words, this.said, buttons, this.trouble);
    return new Widget({ node: head });
  }

  private heading(index: number, place: number): string {
    const { trans } = this.options;
    const { kind, ours, base } = this.choices.merge.parts[index];
    const many = Math.max(ours.length, base.length, 1);
    const where =
      ours.length === 0
        ? trans.__('After cell %1', place)
        : many === 1
          ? trans.__('Cell %1', place + 1)
          : trans.__('Cells %1 to %2', place + 1, place + ours.length);
    switch (kind) {
      case 'ours':
        return trans.__('%1: changed by you', where);
      case 'theirs':
        return trans.__('%1: changed by them', where);
      case 'both':
        return trans.__('%1: changed by both, in ways that go together', where);
      default:
        return trans.__('%1: both changed it, to be decided', where);
    }
  }

  private line(cells: number): Widget {
    const line = new Widget({ node: document.createElement('p') });
    line.addClass('trailbook-quiet');
    line.node.textContent = this.options.trans._n(
      '⋯ %1 unchanged cell',
      '⋯ %1 unchanged cells',
      cells
    );
    return line;
  }

  private count(): void {
    const { trans } = this.options;
    const left = this.choices.undecided.length;
    this.said.textContent =
      left > 0
        ? trans._n('%1 place is to be decided.', '%1 places are to be decided.', left)
        : trans.__('All is decided. Nothing is changed until you put it into the notebook.');
    this.put.disabled = left > 0;
    this.onward.hidden = left === 0;
  }

  private next(): void {
    const view = this.views.get(this.choices.undecided[0]);
    view?.node.scrollIntoView({ block: 'start' });
    view?.node.querySelector('input')?.focus({ preventScroll: true });
  }

  private async apply(): Promise<void> {
    this.put.disabled = true;
    this.trouble.textContent = '';
    try {
      await this.options.apply(this.choices.cells());
    } catch (reason) {
      this.trouble.textContent = reason instanceof Error ? reason.message : String(reason);
      this.put.disabled = false;
    }
  }

  private readonly choices: Choices;
  private readonly views = new Map<number, PartView>();
  private readonly said = document.createElement('p');
  private readonly trouble = document.createElement('p');
  private readonly put = document.createElement('button');
  private readonly onward = document.createElement('button');
}
