/** What is made of a notebook's content for a review. Pure. */
import type { ICell, INotebookContent, IOutput } from '@jupyterlab/nbformat';
import type { IDiffEntry } from 'nbdime/lib/diff/diffentries';
import type { IVersionDiff, ISnapshot } from '../../extensions/ui/types';

/** So much of an output is quoted, in characters. */
const QUOTED = 2_000;

/** The way from an empty notebook to this one: every cell is new. */
export function fromNothing(content: INotebookContent, head: ISnapshot): IVersionDiff {
  const all: IDiffEntry[] = content.cells.length
    ? [
        {
          op: 'patch',
          key: 'cells',
          diff: [{ op: 'addrange', key: 0, valuelist: content.cells as never }]
        } as unknown as IDiffEntry
      ]
    : [];
  return {
    base: { ...content, cells: [] },
    diff: all,
    moves: [],
    coarse: false,
    base_view: head,
    target_view: head
  };
}

/** The words of an output, for a comment to quote. */
export function quoteOf(content: INotebookContent, cell: number, output: number): string {
  const found = (content.cells[cell] as ICell | undefined)?.outputs as IOutput[] | undefined;
  return textOf(found?.[output]).slice(0, QUOTED);
}

function textOf(output: IOutput | undefined): string {
  if (!output) {
    return '';
  }
  if (output.output_type === 'stream') {
    return joined(output.text);
  }
  if (output.output_type === 'error') {
    return `${joined(output.ename)}: ${joined(output.evalue)}`;
  }
  const data = (output.data ?? {}) as Record<string, unknown>;
  return joined(data['text/plain'] ?? Object.keys(data).join(', '));
}

const joined = (text: unknown): string =>
  Array.isArray(text) ? text.join('') : typeof text === 'string' ? text : '';
