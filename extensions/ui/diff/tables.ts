import { align } from './align';
import { isNumber } from './numbers';

/** A table as text: one name for each column, and cells in rows. */
export interface ITable {
  columns: string[];
  rows: string[][];
  /** How many columns at the left name the row, as the index of a data frame does. */
  labels: number;
  /** What stands around the table, as "5 rows × 3 columns". */
  note: string;
}

export interface ITableCell {
  /** Null where the row or the column is not in that version. */
  before: string | null;
  after: string | null;
}

export type LineKind = 'same' | 'changed' | 'added' | 'removed';

export interface IComparedTable {
  columns: { name: string; kind: LineKind; numeric: boolean }[];
  rows: { kind: LineKind; cells: ITableCell[] }[];
  labels: number;
  notes: { before: string; after: string };
  /** How many values stand in both versions, and how many of these changed. */
  values: number;
  changed: number;
}

type Places = [before: number | null, after: number | null];

/** Compare two tables cell by cell: columns by their names, rows by their labels or content. */
export function compareTables(before: ITable, after: ITable): IComparedTable {
  const columns = columnPlaces(before, after);
  const labels = Math.min(before.labels, after.labels);
  const common = columns.filter(([a, b]) => a !== null && b !== null) as [number, number][];
  let [values, changed] = [0, 0];
  const rows = rowPlaces(before, after, common).map(([i, j]) => {
    const cells = columns.map(([a, b]) => ({
      before: i !== null && a !== null ? (before.rows[i][a] ?? '') : null,
      after: j !== null && b !== null ? (after.rows[j][b] ?? '') : null
    }));
    const both = cells.filter((_, at) => at >= labels).filter(isInBoth);
    const others = both.filter(isChangedCell).length;
    values += both.length;
    changed += others;
    const touched = cells.some(cell => isInBoth(cell) && isChangedCell(cell));
    const kind: LineKind =
      i === null ? 'added' : j === null ? 'removed' : touched ? 'changed' : 'same';
    return { kind, cells };
  });
  const heads = columns.map(([a, b], at) => {
    const kind: LineKind = a === null ? 'added' : b === null ? 'removed' : 'same';
    const name = (b === null ? before.columns[a!] : after.columns[b]) ?? '';
    const numeric = at >= labels && rows.every(row => looksNumeric(row.cells[at]));
    return { name, kind, numeric };
  });
  const notes = { before: before.note, after: after.note };
  return { columns: heads, rows, labels, notes, values, changed };
}

export const isInBoth = ({ before, after }: ITableCell): boolean =>
  before !== null && after !== null;

export const isChangedCell = ({ before, after }: ITableCell): boolean => before !== after;

function looksNumeric({ before, after }: ITableCell): boolean {
  return [before, after].every(text => !text || text === 'NaN' || isNumber(text));
}

function columnPlaces(before: ITable, after: ITable): Places[] {
  return placesOf(before.columns, after.columns, false);
}

function rowPlaces(before: ITable, after: ITable, common: [number, number][]): Places[] {
  const labels = Math.min(before.labels, after.labels);
  const named = labels > 0 && [before, after].every(table => hasNames(table, labels));
  const key = (table: ITable, side: 0 | 1): string[] =>
    table.rows.map(row =>
      named
        ? row.slice(0, labels).join('\u0000')
        : common
            .slice(labels)
            .map(pair => row[pair[side]] ?? '')
            .join('\u0000')
    );
  return placesOf(key(before, 0), key(after, 1), !named);
}

/** Whether labels tell rows apart and are more than their numbers. */
function hasNames(table: ITable, labels: number): boolean {
  const names = table.rows.map(row => row.slice(0, labels).join('\u0000'));
  const counted = names.every((name, index) => name === String(index));
  return !counted && new Set(names).size === names.length;
}

/** Which item stands for which; `byPlace` pairs what differs in the order in which it stands. */
function placesOf(before: string[], after: string[], byPlace: boolean): Places[] {
  const places: Places[] = [];
  for (const {
    same,
    before: [i, iEnd],
    after: [j, jEnd]
  } of align(before, after)) {
    const paired = same || byPlace ? Math.min(iEnd - i, jEnd - j) : 0;
    for (let n = 0; n < paired; n++) {
      places.push([i + n, j + n]);
    }
    for (let n = i + paired; n < iEnd; n++) {
      places.push([n, null]);
    }
    for (let n = j + paired; n < jEnd; n++) {
      places.push([null, n]);
    }
  }
  return places;
}
