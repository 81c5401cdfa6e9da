import { Panel, Widget } from '@lumino/widgets';
import { compareOutputs, type IComparison } from './comparisons';
import type { IDrawing } from './drawing';
import { button, element } from './elements';
import type { IOutputPair } from './outputpairs';
import type { IDiffCell } from './slots';

let sections = 0;

/** The outputs of a cell: one line that says what changed in them, until it is opened. */
export class OutputsView extends Panel {
  constructor(
    private readonly cell: IDiffCell,
    private readonly pairs: readonly IOutputPair[],
    private readonly drawing: IDrawing
  ) {
    super();
    this.addClass('tb-Outputs');
    this.node.classList.toggle(
      'tb-same',
      pairs.every(pair => pair.same)
    );
    this.compared = pairs.map(pair => compareOutputs(pair, drawing));
    this.line = button('', () => this.setOpen(!this.isOpen), 'tb-Outputs-line');
    this.line.append(...this.lineWords());
    this.all.id = `tb-outputs-${(sections += 1)}`;
    this.line.setAttribute('aria-controls', this.all.id);
    this.addWidget(new Widget({ node: this.line }));
    this.addWidget(this.all);
    this.setOpen(false);
  }

  get isOpen(): boolean {
    return !this.all.isHidden;
  }

  setOpen(open: boolean): void {
    if (open && this.all.widgets.length === 0) {
      this.fill();
    }
    this.all.setHidden(!open);
    this.line.setAttribute('aria-expanded', String(open));
  }

  /** Changed outputs in full, same ones in a line of their own that opens. */
  private fill(): void {
    const allSame = this.pairs.every(pair => pair.same);
    let same: number[] = [];
    const settle = (): void => {
      if (same.length > 0) {
        this.all.addWidget(this.sameLine(same));
        same = [];
      }
    };
    this.pairs.forEach((pair, at) => {
      if (pair.same && !allSame) {
        same.push(at);
      } else {
        settle();
        this.all.addWidget(this.output(at));
      }
    });
    settle();
  }

  private sameLine(places: number[]): Panel {
    const { trans } = this.drawing;
    const panel = new Panel();
    const words = trans._n('⋯ %1 output is the same', '⋯ %1 outputs are the same', places.length);
    const open = (): void => {
      panel.widgets[0].dispose();
      places.forEach(at => panel.addWidget(this.output(at)));
    };
    panel.addWidget(new Widget({ node: button(words, open, 'tb-Text-fold') }));
    return panel;
  }

  private output(at: number): Panel {
    const { trans, slots } = this.drawing;
    const { same, base, target, places } = this.pairs[at];
    const panel = new Panel();
    panel.addClass('tb-Output');
    panel.node.role = 'group';
    panel.node.ariaLabel = trans.__('Output %1: %2', at + 1, this.compared[at].words);
    panel.node.classList.toggle('tb-added', !same && !base);
    panel.node.classList.toggle('tb-removed', !same && !target);
    if (!same && (this.pairs.length > 1 || !base || !target)) {
      panel.addWidget(new Widget({ node: element('p', 'tb-Side-name', this.compared[at].words) }));
    }
    panel.addWidget(this.compared[at].draw());
    const foot = slots.outputFoot?.({ cell: this.cell, places });
    if (foot) {
      panel.addWidget(new Widget({ node: foot }));
    }
    return panel;
  }

  private lineWords(): (Node | string)[] {
    const { trans } = this.drawing;
    const changed = this.compared.filter((_, at) => !this.pairs[at].same);
    const same = this.pairs.length - changed.length;
    const count = trans._n('%1 output', '%1 outputs', this.pairs.length);
    if (changed.length === 0) {
      const words =
        this.cell.kind === 'added' || this.cell.kind === 'removed'
          ? count
          : trans._n('%1 output, the same', '%1 outputs, the same', this.pairs.length);
      return [words];
    }
    const said = changed.map(({ words }) => words);
    if (same > 0) {
      said.push(trans._n('%1 the same', '%1 the same', same));
    }
    return [element('span', '', trans.__('Outputs: ')), said.join(' · ')];
  }

  private readonly compared: IComparison[];
  private readonly line: HTMLButtonElement;
  private readonly all = new Panel();
}
