import type { ICell, INotebookContent } from '@jupyterlab/nbformat';
import { Api, query } from './api';
import type { ISnapshot } from './types';

/** A version, or a notebook. */
export type MergeSide = { snapshot: string } | { content: INotebookContent };

/** Cells that are decided on at once; a side that removed them has none. */
export interface IMergePart {
  /** Who changed them; only of a conflict somebody has to decide. */
  kind: 'same' | 'ours' | 'theirs' | 'both' | 'conflict';
  /** Cells that nobody changed stand here alone. */
  merged: ICell[];
  base: ICell[];
  ours: ICell[];
  theirs: ICell[];
}

/** Any choice of each part's cells, one after the other, are a notebook's cells. */
export interface IMerge {
  parts: IMergePart[];
  /** The merged notebook without its cells. */
  around: INotebookContent;
  conflicts: number;
}

/** What the API knows of merges. */
export class MergesClient extends Api {
  /** The newest version that two versions both came from, if one is recorded. */
  base(ours: string, theirs: string): Promise<ISnapshot | null> {
    return this.read(`merges/base${query({ ours, theirs })}`);
  }

  merge(base: MergeSide, ours: MergeSide, theirs: MergeSide): Promise<IMerge> {
    return this.write('POST', 'merges', { base, ours, theirs });
  }

  /** What was decided, valid, and with an id of its own for every cell. */
  result(content: INotebookContent): Promise<INotebookContent> {
    return this.write('POST', 'merges/results', { content });
  }

  /** Say that a version brings others together. */
  setParents(snapshot: string, parents: string[]): Promise<void> {
    return this.write('PUT', `snapshots/${snapshot}/parents`, { parents });
  }
}
