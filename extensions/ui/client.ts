import type { INotebookContent, IOutput } from '@jupyterlab/nbformat';
import { Api, query } from './api';
import type {
  IActivity,
  ICell,
  IDiff,
  ILastRuns,
  IMe,
  IMember,
  INote,
  INotebook,
  IPresence,
  IProject,
  IServer,
  ISnapshot,
  IStep,
  IStepsPage,
  IVersionDiff,
  NoteKind
} from './types';

export { ApiError, query, type Requester } from './api';

export interface IStepsQuery {
  after?: number;
  before?: number;
  around?: string;
  newest?: boolean;
  limit?: number;
}

export interface IDiffQuery {
  outputs?: boolean;
  metadata?: boolean;
}

/** The one door to the HTTP API, for both hosts. */
export class TrailbookClient extends Api {
  me(): Promise<IMe> {
    return this.read('me');
  }

  /** Say that the person has read what is recorded. */
  consent(): Promise<void> {
    return this.write('PUT', 'me/consent');
  }

  projects(): Promise<IProject[]> {
    return this.read('projects');
  }

  project(slug: string): Promise<IProject> {
    return this.read(`projects/${encodeURIComponent(slug)}`);
  }

  members(slug: string): Promise<IMember[]> {
    return this.read(`projects/${encodeURIComponent(slug)}/members`);
  }

  activity(slug: string): Promise<IActivity[]> {
    return this.read(`projects/${encodeURIComponent(slug)}/activity`);
  }

  /** Whether the project's server is about to restart. */
  projectServer(slug: string): Promise<IServer> {
    return this.read(`projects/${encodeURIComponent(slug)}/server`);
  }

  notebooks(slug: string): Promise<INotebook[]> {
    return this.read(`projects/${encodeURIComponent(slug)}/notebooks`);
  }

  /** Those of a project, or (null) one's own outside projects, whose files are gone. */
  async deletedNotebooks(slug: string | null): Promise<INotebook[]> {
    const found = await this.read<INotebook[]>(
      slug === null
        ? `notebooks${query({ mine: true, deleted: true })}`
        : `projects/${encodeURIComponent(slug)}/notebooks${query({ deleted: true })}`
    );
    return found.filter(notebook => notebook.deleted_at !== null);
  }

  notebook(id: string): Promise<INotebook> {
    return this.read(`notebooks/${id}`);
  }

  /** The notebook at a path of a space, or null while nothing of it is recorded. */
  async notebookAt(space: string, path: string): Promise<INotebook | null> {
    const found = await this.read<INotebook[]>(`notebooks${query({ space, path })}`);
    return found[0] ?? null;
  }

  steps(notebook: string, which: IStepsQuery = {}): Promise<IStepsPage> {
    return this.read(`notebooks/${notebook}/steps${query({ ...which })}`);
  }

  /** The last run of each cell that went on after the newest version, or after a cursor. */
  lastRuns(notebook: string, since: number | null = null): Promise<ILastRuns> {
    return this.read(`notebooks/${notebook}/last-runs${query({ since })}`);
  }

  step(id: string): Promise<IStep> {
    return this.read(`steps/${id}`);
  }

  deleteStep(id: string): Promise<void> {
    return this.write('DELETE', `steps/${id}`);
  }

  /** The outputs of a run as a notebook holds them, every part in full. */
  stepOutputs(step: string): Promise<IOutput[]> {
    return this.read(`steps/${step}/outputs`);
  }

  deleteOutput(step: string, index: number): Promise<void> {
    return this.write('DELETE', `steps/${step}/outputs/${index}`);
  }

  /** Where a part's bytes are, relative to the API's root. */
  payloadPath(step: string, payload: number): string {
    return `steps/${step}/payloads/${payload}`;
  }

  async payloadBlob(step: string, payload: number): Promise<Blob> {
    return (await this.ask(this.payloadPath(step, payload), {})).blob();
  }

  async payloadText(step: string, payload: number): Promise<string> {
    return (await this.ask(this.payloadPath(step, payload), {})).text();
  }

  /** The cells of a version, each with the number that it keeps. */
  cells(notebook: string, snapshot: string): Promise<ICell[]> {
    return this.read(`notebooks/${notebook}/cells${query({ snapshot })}`);
  }

  snapshots(notebook: string): Promise<ISnapshot[]> {
    return this.read(`notebooks/${notebook}/snapshots`);
  }

  snapshot(id: string): Promise<ISnapshot> {
    return this.read(`snapshots/${id}`);
  }

  /** The first save at or after a step: the notebook as it was there. */
  snapshotAtStep(step: string): Promise<ISnapshot> {
    return this.read(`steps/${step}/snapshot`);
  }

  /** The file of a version, byte for byte. */
  async file(snapshot: string): Promise<Blob> {
    return (await this.ask(`snapshots/${snapshot}/file`, {})).blob();
  }

  content(snapshot: string): Promise<INotebookContent> {
    return this.read(`snapshots/${snapshot}/content`);
  }

  diff(base: string, target: string, what: IDiffQuery = {}): Promise<IVersionDiff> {
    return this.read(`diff${query({ base, target, ...what })}`);
  }

  /** The way from a version to the content given: against what is open now. */
  diffAgainst(snapshot: string, content: INotebookContent): Promise<IVersionDiff> {
    return this.write('POST', 'diff', { snapshot, content });
  }

  /** The way from one notebook to another, wherever they come from. */
  diffContents(base: INotebookContent, target: INotebookContent): Promise<IDiff> {
    return this.write('POST', 'diff/contents', { base, target });
  }

  addNote(step: string, kind: NoteKind, text: string): Promise<INote> {
    return this.write('POST', `steps/${step}/notes`, { kind, text });
  }

  addNoteToSnapshot(snapshot: string, kind: NoteKind, text: string): Promise<INote> {
    return this.write('POST', `snapshots/${snapshot}/notes`, { kind, text });
  }

  editNote(id: string, kind: NoteKind, text: string): Promise<INote> {
    return this.write('PATCH', `notes/${id}`, { kind, text });
  }

  deleteNote(id: string): Promise<void> {
    return this.write('DELETE', `notes/${id}`);
  }

  presence(space: string, path: string): Promise<IPresence[]> {
    return this.read(`presence${query({ space, path })}`);
  }

  announce(space: string, path: string, server: string): Promise<void> {
    return this.write('PUT', 'presence', { space, path, server });
  }
}
