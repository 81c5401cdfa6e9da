import { Panel, Widget } from '@lumino/widgets';
import type { CellView } from './cell';

/** One line that can be pressed. */
export class LineButton extends Panel {
  constructor(words: string, press: () => void) {
    super();
    this.addClass('tb-Diff-unchanged');
    this.node.tabIndex = -1;
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = words;
    button.onclick = press;
    this.addWidget(new Widget({ node: button }));
  }
}

/** Cells behind a line that opens. */
export class Fold extends LineButton {
  constructor(
    words: string,
    private readonly cells: readonly CellView[]
  ) {
    super(words, () => this.open());
  }

  /** Put the cells in the place of the line. */
  open(): void {
    if (this.opened) {
      return;
    }
    this.opened = true;
    this.widgets[0].dispose();
    for (const cell of this.cells) {
      this.addWidget(cell);
      cell.draw();
    }
  }

  private opened = false;
}
