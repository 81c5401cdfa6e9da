import type { TranslationBundle } from '@jupyterlab/translation';
import { button, element } from './elements';
import { isNumber } from './numbers';
import { numberChange } from './numberview';
import { type IComparedTable, isChangedCell, isInBoth, type ITableCell } from './tables';

type Row = IComparedTable['rows'][number];

/** Rows around a change that are shown. */
const CONTEXT = 2;
/** So many rows are shown until more are asked for, and so many cells at most at a time. */
const MOST_ROWS = 100;
const MOST_CELLS = 4000;

/** Two tables in one: each changed cell as it was and as it is. */
export function tableChange(compared: IComparedTable, trans: TranslationBundle): HTMLElement {
  const head = element('tr', '', ...compared.columns.map(column => columnHead(column, trans)));
  const body = element('tbody');
  const table = element('table', 'tb-Table', element('thead', '', head), body);
  const box = element('div', 'tb-TableBox', table);
  box.tabIndex = 0;
  box.role = 'region';
  box.ariaLabel = trans.__('Table, compared cell by cell');
  const room = Math.max(10, Math.min(MOST_ROWS, Math.floor(MOST_CELLS / compared.columns.length)));
  fill(body, shownRows(compared.rows), compared, room, trans);
  return element('div', 'tb-TableChange', box, ...notes(compared));
}

/** What changed in a table, in words: "3 of 20 values changed, 2 rows added". */
export function tableWords(compared: IComparedTable, trans: TranslationBundle): string {
  const { values, changed, rows, columns } = compared;
  const of = (items: { kind: string }[], kind: string): number =>
    items.filter(item => item.kind === kind).length;
  const rowsAdded = of(rows, 'added');
  const rowsRemoved = of(rows, 'removed');
  const said = [
    changed > 0
      ? trans._n('%2 of %1 value changed', '%2 of %1 values changed', values, changed)
      : '',
    rowsAdded > 0 ? trans._n('%1 row added', '%1 rows added', rowsAdded) : '',
    rowsRemoved > 0 ? trans._n('%1 row removed', '%1 rows removed', rowsRemoved) : '',
    of(columns, 'added') > 0
      ? trans._n('%1 column added', '%1 columns added', of(columns, 'added'))
      : '',
    of(columns, 'removed') > 0
      ? trans._n('%1 column removed', '%1 columns removed', of(columns, 'removed'))
      : ''
  ].filter(words => words);
  return said.join(', ');
}

function notes({ notes: { before, after } }: IComparedTable): HTMLElement[] {
  if (!before && !after) {
    return [];
  }
  const words =
    before === after ? [after] : [element('del', '', before), ' → ', element('ins', '', after)];
  return [element('p', 'tb-Table-note', ...words)];
}

function columnHead(
  { name, kind, numeric }: IComparedTable['columns'][number],
  trans: TranslationBundle
): HTMLElement {
  const cell = element('th', `tb-${kind}${numeric ? ' tb-numeric' : ''}`, name);
  cell.scope = 'col';
  if (kind !== 'same') {
    const sign = kind === 'added' ? '+ ' : '− ';
    cell.prepend(sign);
    cell.title = kind === 'added' ? trans.__('Added column') : trans.__('Removed column');
  }
  return cell;
}

/** The rows that changed with some around them; the others only as how many they are. */
function shownRows(rows: Row[]): (Row | Row[])[] {
  const near = new Set<number>();
  rows.forEach((row, at) => {
    for (let n = at - CONTEXT; row.kind !== 'same' && n <= at + CONTEXT; n++) {
      near.add(n);
    }
  });
  // A table in which only columns came or went is read as a whole.
  const isShown = (at: number): boolean => near.size === 0 || near.has(at);
  const shown: (Row | Row[])[] = [];
  rows.forEach((row, at) => {
    const last = shown[shown.length - 1];
    if (isShown(at)) {
      shown.push(row);
    } else if (Array.isArray(last)) {
      last.push(row);
    } else {
      shown.push([row]);
    }
  });
  return shown.flatMap(each => (Array.isArray(each) && each.length === 1 ? each : [each]));
}

function fill(
  body: HTMLElement,
  rows: (Row | Row[])[],
  compared: IComparedTable,
  room: number,
  trans: TranslationBundle
): void {
  const one = (row: Row | Row[]): HTMLElement =>
    Array.isArray(row) ? sameRows(row, compared, room, trans) : rowElement(row, compared, trans);
  body.append(...rows.slice(0, room).map(one));
  const rest = rows.slice(room);
  if (rest.length > 0) {
    const left = rest.reduce((sum, row) => sum + (Array.isArray(row) ? row.length : 1), 0);
    const more = lineRow(trans._n('and %1 more row', 'and %1 more rows', left), compared, () => {
      more.remove();
      fill(body, rest, compared, room, trans);
    });
    body.append(more);
  }
}

function sameRows(
  rows: Row[],
  compared: IComparedTable,
  room: number,
  trans: TranslationBundle
): HTMLElement {
  const words = trans._n('⋯ %1 row is the same', '⋯ %1 rows are the same', rows.length);
  const fold = lineRow(words, compared, () => {
    const opened = element('tbody');
    fill(opened, rows.slice(0, room), compared, room, trans);
    fold.before(...opened.children);
    rows = rows.slice(room);
    if (rows.length > 0) {
      fold.querySelector('button')!.textContent = trans._n(
        '⋯ %1 row is the same',
        '⋯ %1 rows are the same',
        rows.length
      );
    } else {
      fold.remove();
    }
  });
  return fold;
}

function lineRow(words: string, { columns }: IComparedTable, press: () => void): HTMLElement {
  const cell = element('td', '', button(words, press, 'tb-Text-fold'));
  cell.colSpan = columns.length;
  return element('tr', '', cell);
}

function rowElement(row: Row, compared: IComparedTable, trans: TranslationBundle): HTMLElement {
  const made = element('tr', `tb-${row.kind}`);
  row.cells.forEach((cell, at) => {
    const { kind, numeric } = compared.columns[at];
    const name = `tb-${kind === 'same' ? cellKind(cell) : kind}${numeric ? ' tb-numeric' : ''}`;
    const isLabel = at < compared.labels;
    const box = element(isLabel ? 'th' : 'td', name, ...cellContent(cell, trans));
    if (at === 0 && (row.kind === 'added' || row.kind === 'removed')) {
      box.prepend(row.kind === 'added' ? '+ ' : '− ');
    }
    if (isLabel) {
      box.scope = 'row';
    }
    made.append(box);
  });
  return made;
}

const cellKind = (cell: ITableCell): string =>
  isInBoth(cell) && isChangedCell(cell) ? 'changed' : 'same';

function cellContent({ before, after }: ITableCell, trans: TranslationBundle): (Node | string)[] {
  if (before === null || after === null || before === after) {
    return [after ?? before ?? ''];
  }
  if (isNumber(before) && isNumber(after)) {
    return [numberChange({ label: '', before, after }, trans, false)];
  }
  return [element('del', '', before || '␣'), ' → ', element('ins', '', after || '␣')];
}
