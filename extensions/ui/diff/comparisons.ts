import { Panel, Widget } from '@lumino/widgets';
import { contentOf, type IContent } from './contents';
import type { IDrawing } from './drawing';
import { choiceBar } from './elements';
import { imageChange } from './imageview';
import { compareNumbers } from './numbers';
import { direction, isOther } from './numberview';
import type { IOutputPair } from './outputpairs';
import { asShown, oneShown } from './shown';
import { tableChange, tableWords } from './tableview';
import { compareTables, type ITable } from './tables';
import { textTable } from './tableparsing';
import { textChange } from './textview';

/** How two outputs differ: in a few words, and drawn. */
export interface IComparison {
  /** For the line that stands for all outputs of a cell, as "auc 0.85 → 0.87". */
  words: string;
  draw(): Widget;
}

type Text = IContent & { kind: 'text' };
type Way = 'cells' | 'words' | 'text' | 'shown';

/** Numbers that are named in a line; others are counted. */
const MOST_NUMBERS = 3;
/** Of longer texts a line says only that they changed. */
const LONGEST_FOR_WORDS = 20_000;

/** Compare the outputs of a pair, in the medium that both are in. */
export function compareOutputs(pair: IOutputPair, drawing: IDrawing): IComparison {
  const { base, target } = pair;
  const { trans } = drawing;
  if (pair.same || !base || !target) {
    return alone(pair, drawing);
  }
  const [before, after] = [contentOf(base), contentOf(target)];
  if (before.kind === 'image' && after.kind === 'image') {
    const draw = (): Widget => new Widget({ node: imageChange(before, after, trans) });
    return { words: trans.__('plot changed'), draw };
  }
  if (before.kind === 'tables' && after.kind === 'tables') {
    return tables(before.tables, after.tables, pair, drawing);
  }
  if (before.kind === 'text' && after.kind === 'text') {
    return texts(before, after, pair, drawing);
  }
  const words =
    before.kind === after.kind
      ? trans.__('%1 changed', nameOf(after, drawing))
      : trans.__('%1 → %2', nameOf(before, drawing), nameOf(after, drawing));
  return { words, draw: () => asShown(pair, drawing) };
}

/** An output that one version lacks, or that is the same in both. */
function alone(pair: IOutputPair, drawing: IDrawing): IComparison {
  const { trans } = drawing;
  const output = (pair.target ?? pair.base)!;
  const name = nameOf(contentOf(output), drawing);
  const kind = pair.same ? 'same' : pair.base ? 'removed' : 'added';
  const words = {
    same: name,
    added: trans.__('%1 added', name),
    removed: trans.__('%1 removed', name)
  };
  return { words: words[kind], draw: () => oneShown(output, kind, drawing) };
}

function tables(
  before: ITable[],
  after: ITable[],
  pair: IOutputPair,
  drawing: IDrawing
): IComparison {
  const { trans } = drawing;
  if (before.length !== after.length) {
    const words = trans.__('%1 tables → %2 tables', before.length, after.length);
    return { words, draw: () => asShown(pair, drawing) };
  }
  const compared = before.map((table, at) => compareTables(table, after[at]));
  const said = compared.map(each => tableWords(each, trans)).filter(words => words);
  const draw = (): Widget => {
    const panel = new Panel();
    compared.forEach(each => panel.addWidget(new Widget({ node: tableChange(each, trans) })));
    return panel;
  };
  return {
    words: said.length > 0 ? trans.__('table: %1', said.join('; ')) : trans.__('table changed'),
    draw: () => ways(drawing, { cells: draw, shown: () => asShown(pair, drawing) })
  };
}

function texts(before: Text, after: Text, pair: IOutputPair, drawing: IDrawing): IComparison {
  const { trans } = drawing;
  const [a, b] = [textTable(before.text), textTable(after.text)];
  const asText = (): Widget => new Widget({ node: textChange(before.text, after.text, trans) });
  if (a && b && a.columns.join() === b.columns.join()) {
    const compared = compareTables(a, b);
    const table = (): Widget => new Widget({ node: tableChange(compared, trans) });
    return {
      words: trans.__('table: %1', tableWords(compared, trans)),
      draw: () => ways(drawing, { cells: table, text: asText })
    };
  }
  const isPlain = [before.mime, after.mime].every(mime => mime === 'text/plain');
  const shown = (): Widget => asShown(pair, drawing);
  return {
    words: textWords(before, after, drawing),
    draw: () => (isPlain ? asText() : ways(drawing, { words: asText, shown }))
  };
}

function textWords(before: Text, after: Text, drawing: IDrawing): string {
  const { trans } = drawing;
  if (before.text.length + after.text.length > LONGEST_FOR_WORDS) {
    return trans.__('%1 changed', nameOf(after, drawing));
  }
  const numbers = compareNumbers(before.text, after.text);
  if (!numbers) {
    return before.error === after.error
      ? trans.__('%1 changed', nameOf(after, drawing))
      : trans.__('%1 → %2', nameOf(before, drawing), nameOf(after, drawing));
  }
  const others = numbers.pairs.filter(isOther);
  const said = others.slice(0, MOST_NUMBERS).map(pair => {
    const way = others.length === 1 ? direction(pair, trans) : '';
    return `${pair.label} ${pair.before} → ${pair.after}${way ? `, ${way}` : ''}`.trim();
  });
  const left = others.length - MOST_NUMBERS;
  if (left > 0) {
    said.push(trans._n('%1 more number', '%1 more numbers', left));
  }
  return said.join(', ') || trans.__('only spaces changed');
}

function nameOf(content: IContent, { trans }: IDrawing): string {
  switch (content.kind) {
    case 'image':
      return trans.__('plot');
    case 'tables':
      return trans.__('table');
    case 'frame':
      return content.mime === 'text/html' ? trans.__('page') : trans.__('drawing');
    default:
      return content.error === null ? trans.__('text') : trans.__('error %1', content.error);
  }
}

/** One of several ways to show the same thing, with the first chosen. */
function ways(drawing: IDrawing, draws: Partial<Record<Way, () => Widget>>): Widget {
  const { trans } = drawing;
  const words: Record<Way, string> = {
    cells: trans.__('Cell by cell'),
    words: trans.__('Compared'),
    text: trans.__('As text'),
    shown: trans.__('As it is shown')
  };
  const panel = new Panel();
  const choices = (Object.keys(draws) as Way[]).map(value => ({ value, words: words[value] }));
  const show = (way: Way): void => {
    panel.widgets[1]?.dispose();
    panel.addWidget(draws[way]!());
  };
  const bar = choiceBar(trans.__('How to show it'), choices, choices[0].value, show);
  panel.addWidget(new Widget({ node: bar }));
  show(choices[0].value);
  return panel;
}
