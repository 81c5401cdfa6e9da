import { isActive } from '../frame';
import type { ITable } from './tables';

/** Larger ones are shown as they are, and not compared cell by cell. */
const MOST_CHARACTERS = 2_000_000;
const MOST_CELLS = 60_000;
const WIDEST = 500;

/** What no plain table holds: a page with these is shown as a page. */
const MORE_THAN_TABLES =
  'script, img, svg, canvas, iframe, object, embed, video, audio, form, input, button, select, math';

/** Around a table there is room for a caption, and not for a story. */
const LONGEST_NOTE = 200;

/**
 * The tables of a piece of HTML, as text; null where there is more in it than tables.
 *
 * The parsed document is inert: nothing in it runs or loads, and only its text leaves it.
 */
export function htmlTables(html: string): ITable[] | null {
  const isLong = html.length > MOST_CHARACTERS;
  // What brings a script would be held back, and complained of in the console.
  if (isLong || !/<table/i.test(html) || isActive({ mime: 'text/html', data: html })) {
    return null;
  }
  const page = new DOMParser().parseFromString(html, 'text/html');
  const found = [...page.querySelectorAll('table')];
  const nested = found.some(table => table.querySelector('table'));
  if (nested || found.length === 0 || page.querySelector(MORE_THAN_TABLES)) {
    return null;
  }
  const tables = found.map(tableIn);
  found.forEach(table => table.remove());
  page.querySelectorAll('style').forEach(style => style.remove());
  const note = wordsIn(page.body);
  if (note.length > LONGEST_NOTE || tables.some(table => table === null)) {
    return null;
  }
  return (tables as ITable[]).map((table, at) => (at > 0 ? table : { ...table, note }));
}

/** A table that was printed: columns that two spaces, a bar or a tab keep apart. */
export function textTable(text: string): ITable | null {
  if (text.length > MOST_CHARACTERS) {
    return null;
  }
  const lines = text.split('\n').filter(line => line.trim() !== '' && !/^[\s|+=:-]+$/.test(line));
  const last = lines[lines.length - 1] ?? '';
  const note = /^\[\d+ rows x \d+ columns\]$/.test(last.trim()) ? last.trim() : '';
  const rows = (note ? lines.slice(0, -1) : lines).map(fieldsOf);
  const width = rows[rows.length - 1]?.length ?? 0;
  if (rows.length < 2 || width < 2 || width > WIDEST || rows.length * width > MOST_CELLS) {
    return null;
  }
  const [head, ...body] = rows;
  // The index of a data frame has no name of its own.
  const unnamed = head.length === width - 1 && /^\s/.test(lines[0]);
  const columns = unnamed ? ['', ...head] : head;
  if (columns.length !== width || body.some(row => row.length !== width)) {
    return null;
  }
  return { columns, rows: body, labels: unnamed ? 1 : 0, note };
}

function fieldsOf(line: string): string[] {
  const inner = line.trim().replace(/^\||\|$/g, '');
  return inner
    .trim()
    .split(/\s*[|\t]\s*|\s{2,}/)
    .map(field => field.trim());
}

const wordsIn = (element: Element | null): string =>
  (element?.textContent ?? '').replace(/\s+/g, ' ').trim();

function tableIn(table: HTMLTableElement): ITable | null {
  const rows = [...table.rows];
  const cells = rows.reduce((sum, row) => sum + row.cells.length, 0);
  if (cells === 0 || cells > MOST_CELLS) {
    return null;
  }
  const grid = gridOf(rows);
  if (!grid) {
    return null;
  }
  const width = grid.reduce((widest, row) => Math.max(widest, row.length), 0);
  const isHead = (row: HTMLTableRowElement): boolean =>
    row.parentElement?.tagName === 'THEAD' || [...row.cells].every(cell => cell.tagName === 'TH');
  const firstBody = rows.findIndex(row => !isHead(row));
  const heads = firstBody < 0 ? rows.length : firstBody;
  const names = (at: number): string =>
    [...new Set(grid.slice(0, heads).map(row => row[at] ?? ''))].filter(name => name).join(' / ');
  const body = grid
    .slice(heads)
    .map(row => [...row, ...Array<string>(width - row.length).fill('')]);
  const firstRow = rows[heads] as HTMLTableRowElement | undefined;
  const labels = firstRow ? [...firstRow.cells].findIndex(cell => cell.tagName !== 'TH') : 0;
  return {
    columns: Array.from({ length: width }, (_, at) => names(at)),
    rows: body,
    labels: Math.max(0, labels),
    note: ''
  };
}

/** The text of each place of a table, also of those that a larger cell covers; null for too many. */
function gridOf(rows: HTMLTableRowElement[]): string[][] | null {
  const grid: string[][] = rows.map(() => []);
  let places = 0;
  for (const [at, row] of rows.entries()) {
    let column = 0;
    for (const cell of row.cells) {
      while (grid[at][column] !== undefined) {
        column += 1;
      }
      const text = wordsIn(cell);
      const wide = Math.max(0, Math.min(cell.colSpan, WIDEST - column));
      const high = Math.min(cell.rowSpan || rows.length, rows.length - at);
      places += wide * high;
      if (places > MOST_CELLS) {
        return null;
      }
      for (let down = 0; down < high; down++) {
        for (let right = 0; right < wide; right++) {
          grid[at + down][column + right] = text;
        }
      }
      column += wide;
    }
  }
  return grid.map(row => Array.from(row, text => text ?? ''));
}
