import { Panel, Widget } from '@lumino/widgets';
import type { CellDiffModel } from 'nbdime/lib/diff/model/cell';
import type { IDrawing } from './drawing';
import { choiceBar } from './elements';
import { columns, named, rendered } from './shown';
import { wordsText } from './textview';
import { wordDiff } from './words';

type Way = 'words' | 'lines' | 'rendered';

/** Longer texts are compared by line alone. */
const LONGEST = 100_000;

/** The source of a Markdown cell that changed: by word, by line, or as it is read. */
export class MarkdownView extends Panel {
  constructor(
    { source }: CellDiffModel,
    private readonly lines: Widget,
    private readonly drawing: IDrawing
  ) {
    super();
    this.texts = [source.base, source.remote];
    const both = this.texts.every(text => text !== null);
    const length = this.texts.reduce((sum, text) => sum + (text?.length ?? 0), 0);
    const { trans } = drawing;
    const choices: { value: Way; words: string }[] = [
      { value: 'lines', words: both ? trans.__('By line') : trans.__('Source') },
      { value: 'rendered', words: trans.__('Rendered') }
    ];
    if (both && length <= LONGEST) {
      choices.unshift({ value: 'words', words: trans.__('By word') });
    }
    this.addClass('tb-Markdown');
    this.bar = choiceBar(trans.__('How to show the text'), choices, choices[0].value, way =>
      this.choose(way)
    );
    this.addWidget(new Widget({ node: this.bar }));
    this.choose(choices[0].value);
  }

  /** Show the lines in their editors, for who asks for one of them. */
  showLines(): void {
    this.choose('lines');
  }

  private choose(way: Way): void {
    this.bar.querySelector<HTMLInputElement>(`[value=${way}]`)!.checked = true;
    this.lines.parent = null;
    this.widgets[1]?.dispose();
    this.addWidget(this.drawn(way));
  }

  private drawn(way: Way): Widget {
    switch (way) {
      case 'words':
        return new Widget({ node: wordsText(wordDiff(this.texts[0]!, this.texts[1]!)) });
      case 'rendered':
        return this.rendered();
      default:
        return this.lines;
    }
  }

  private rendered(): Widget {
    const { trans } = this.drawing;
    const names = [trans.__('Before'), trans.__('After')];
    const sides = this.texts.flatMap((text, at) =>
      text === null ? [] : [named(names[at], rendered('text/markdown', text, this.drawing))]
    );
    return columns(sides);
  }

  /** Before and after; null where that version does not have the cell. */
  private readonly texts: [string | null, string | null];
  private readonly bar: HTMLElement;
}
