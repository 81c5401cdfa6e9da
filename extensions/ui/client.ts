import type { INotebookContent, IOutput } from '@jupyterlab/nbformat';
import type {
  IActivity,
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
  NoteKind
} from './types';

/**
 * How a host reaches the API: `path` is relative to the API's root, without a leading slash.
 *
 * JupyterLab passes `ServerConnection.makeRequest`, the reader `fetch` with the XSRF header.
 */
export type Requester = (path: string, init: RequestInit) => Promise<Response>;

/** The API said no, with a sentence for people. */
export class ApiError extends Error {
  constructor(
    readonly code: string,
    readonly status: number,
    message: string
  ) {
    super(message);
    this.name = 'ApiError';
  }
}

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

type QueryValue = string | number | boolean | null | undefined;

/** `?a=1&b=x`, without what is not set; booleans as 1 and 0. */
export function query(values: Record<string, QueryValue>): string {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(values)) {
    if (value !== null && value !== undefined) {
      search.set(key, typeof value === 'boolean' ? String(Number(value)) : String(value));
    }
  }
  const text = search.toString();
  return text && `?${text}`;
}

/** The one door to the HTTP API, for both hosts. */
export class TrailbookClient {
  constructor(private readonly request: Requester) {}

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

  diff(base: string, target: string, what: IDiffQuery = {}): Promise<IDiff> {
    return this.read(`diff${query({ base, target, ...what })}`);
  }

  /** The way from a version to the content given: against what is open now. */
  diffAgainst(snapshot: string, content: INotebookContent): Promise<IDiff> {
    return this.write('POST', 'diff', { snapshot, content });
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

  private async read<T>(path: string): Promise<T> {
    return (await (await this.ask(path, {})).json()) as T;
  }

  private async write<T>(method: string, path: string, body?: unknown): Promise<T> {
    const init: RequestInit = { method };
    if (body !== undefined) {
      init.body = JSON.stringify(body);
      init.headers = { 'Content-Type': 'application/json' };
    }
    const text = await (await this.ask(path, init)).text();
    return (text ? JSON.parse(text) : undefined) as T;
  }

  private async ask(path: string, init: RequestInit): Promise<Response> {
    const response = await this.request(path, init);
    if (response.ok) {
      return response;
    }
    throw await apiError(response);
  }
}

async function apiError(response: Response): Promise<ApiError> {
  const words = `The server answered ${response.status} ${response.statusText}`.trim();
  try {
    const { code, message } = (await response.json()) as { code?: string; message?: string };
    return new ApiError(code ?? 'error', response.status, message ?? words);
  } catch {
    return new ApiError('error', response.status, words);
  }
}
