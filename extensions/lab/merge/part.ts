import type { ICell, INotebookContent } from '@jupyterlab/nbformat';
import type { TranslationBundle } from '@jupyterlab/translation';
import { Panel, Widget } from '@lumino/widgets';
import type { IMergePart } from '../../ui/merges';
import { cellsOf, type Choice, type Choices } from './choices';
import { Column, type IColumnOptions } from './column';

export interface IPartOptions extends IColumnOptions {
  trans: TranslationBundle;
  /** What the other side is called: the name of a notebook, or of a version. */
  theirs: string;
  around: INotebookContent;
}

let groups = 0;

/** One part that somebody changed: whose cells to take, and all of them side by side. */
export class PartView extends Panel {
  constructor(
    private readonly index: number,
    private readonly choices: Choices,
    heading: string,
    private readonly options: IPartOptions
  ) {
    super();
    this.addClass('trailbook-MergePart');
    this.node.tabIndex = -1;
    this.part = choices.merge.parts[index];
    const head = new Widget({ node: document.createElement('h2') });
    head.node.textContent = heading;
    this.addWidget(head);
    this.addWidget(this.radios());
    this.columns.addClass('trailbook-MergeColumns');
    this.addWidget(this.columns);
    if (this.part.kind === 'conflict') {
      this.open();
    } else {
      this.fold();
    }
  }

  /** Show the cells of both sides, and of the base. */
  private open(): void {
    const { trans, theirs } = this.options;
    const { ours, base } = this.part;
    this.columns.addWidget(this.column(trans.__('Mine'), ours));
    this.columns.addWidget(this.column(theirs, this.part.theirs));
    this.addWidget(
      this.unfolding(trans.__('As it was'), () => this.column(trans.__('As it was'), base))
    );
  }

  private fold(): void {
    const { trans } = this.options;
    this.columns.addWidget(
      this.unfolding(trans.__('Show the cells'), () => {
        this.open();
        return this.column(trans.__('Together'), this.part.merged);
      })
    );
  }

  /** A button in the place of which something comes. */
  private unfolding(words: string, make: () => Widget): Widget {
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'trailbook-link';
    button.textContent = words;
    const holder = new Panel();
    const pressed = new Widget({ node: button });
    holder.addWidget(pressed);
    button.onclick = () => {
      pressed.dispose();
      holder.addWidget(make());
    };
    return holder;
  }

  private column(heading: string, cells: ICell[]): Widget {
    if (cells.length > 0) {
      return new Column(heading, cells, this.options.around, { ...this.options, readOnly: true });
    }
    const none = new Panel();
    none.addClass('trailbook-MergeColumn');
    const head = new Widget({ node: document.createElement('h3') });
    head.node.textContent = heading;
    const words = new Widget({ node: document.createElement('p') });
    words.addClass('trailbook-quiet');
    words.node.textContent = this.options.trans.__('No cell here.');
    none.addWidget(head);
    none.addWidget(words);
    return none;
  }

  private radios(): Widget {
    const { trans } = this.options;
    const set = document.createElement('fieldset');
    const legend = document.createElement('legend');
    legend.textContent = trans.__('What to take');
    set.append(legend);
    const name = `trailbook-merge-${(groups += 1)}`;
    const said: [Choice, string][] = [
      ...(this.part.kind === 'conflict'
        ? []
        : [['merged', trans.__('Together')] as [Choice, string]]),
      ['ours', this.part.ours.length > 0 ? trans.__('Mine') : trans.__('Mine (none)')],
      ['theirs', this.part.theirs.length > 0 ? trans.__('Theirs') : trans.__('Theirs (none)')],
      ['both', trans.__('Mine, then theirs')],
      ['base', trans.__('As it was')],
      ['edited', trans.__('Edit')]
    ];
    for (const [choice, words] of said) {
      const label = document.createElement('label');
      const input = document.createElement('input');
      input.type = 'radio';
      input.name = name;
      input.value = choice;
      input.checked = this.choices.of(this.index) === choice;
      input.onchange = () => this.choose(choice);
      label.append(input, ` ${words}`);
      set.append(label);
    }
    return new Widget({ node: set });
  }

  private choose(choice: Choice): void {
    const before = this.choices.of(this.index);
    this.editor?.dispose();
    this.editor = null;
    if (choice !== 'edited') {
      this.choices.choose(this.index, choice);
      return;
    }
    const { trans, around } = this.options;
    const start = before === null || before === 'edited' ? 'ours' : before;
    const cells = cellsOf(this.part, start);
    // What was removed on the chosen side has nothing to edit: begin with the other one.
    const some = cells.length > 0 ? cells : this.part.theirs;
    const editor = new Column(trans.__('What to take'), some, around, {
      ...this.options,
      readOnly: false
    });
    editor.addClass('trailbook-mod-edited');
    this.editor = editor;
    this.addWidget(editor);
    this.choices.edit(this.index, () => editor.cells());
  }

  private readonly part: IMergePart;
  private readonly columns = new Panel();
  private editor: Column | null = null;
}
