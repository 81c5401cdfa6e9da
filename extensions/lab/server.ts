import { PageConfig, URLExt } from '@jupyterlab/coreutils';
import { ServerConnection } from '@jupyterlab/services';
import { query, type Requester, TrailbookClient } from '../ui/client';
import { MergesClient } from '../ui/merges';
import { ReviewClient } from '../ui/reviews';

export type RecordingState = 'recorded' | 'pending' | 'offline' | 'paused' | 'off';

/** What the recorder of this server says of itself, and of one notebook if it was named. */
export interface IStatus {
  state: RecordingState;
  mode: 'hub' | 'laptop';
  pending_events: number;
  dropped_events: number;
  last_error: string | null;
  /** Notebooks that are paused by themselves, as JupyterLab's paths. */
  paused: string[];
  /** Whether everything here is paused. */
  paused_all: boolean;
}

/** Where a file of this server belongs: a space, and the path in it. */
export interface IPlace {
  space: string | null;
  path: string;
}

/** The routes under `/trailbook` of JupyterLab's own server. It talks to no other. */
export class OwnServer {
  constructor(private readonly settings: ServerConnection.ISettings) {
    const request: Requester = (path, init) => this.ask(`api/${path}`, init);
    this.client = new TrailbookClient(request);
    this.merges = new MergesClient(request);
    this.reviews = new ReviewClient(request);
  }

  /** The API: the embedded store's on a laptop, the hub's service otherwise. */
  readonly client: TrailbookClient;
  readonly merges: MergesClient;
  readonly reviews: ReviewClient;

  /** The page in which other people's active output is shown, closed by its own headers. */
  get frameUrl(): string {
    return URLExt.join(this.settings.baseUrl, 'trailbook/frame.html');
  }

  /** The path of this server, to tell it from others. */
  get basePath(): string {
    return new URL(this.settings.baseUrl, location.href).pathname;
  }

  /** Whether a server, this one or that with a path, is a project's: an account of its own. */
  isProjects(path = this.basePath): boolean {
    return /\/user\/p-[^/]+\//.test(path);
  }

  /** Whether the notebook (path null: whatever this server runs) is being recorded. */
  status(path: string | null): Promise<IStatus> {
    return this.json(`status${query({ path })}`);
  }

  /** Pause or resume one notebook, or (path null) all that this server records. */
  async pause(path: string | null, paused: boolean): Promise<void> {
    await this.json('pause', { method: 'PUT', body: JSON.stringify({ path, paused }) });
  }

  place(path: string): Promise<IPlace> {
    return this.json(`notebook${query({ path })}`);
  }

  private async json<T>(path: string, init: RequestInit = {}): Promise<T> {
    const response = await this.ask(path, init);
    if (!response.ok) {
      throw await ServerConnection.ResponseError.create(response);
    }
    const text = await response.text();
    return (text ? JSON.parse(text) : undefined) as T;
  }

  private ask(path: string, init: RequestInit): Promise<Response> {
    const url = URLExt.join(this.settings.baseUrl, 'trailbook/') + path;
    // JupyterLab's default, no-store, puts the time into the address: the API knows no such word.
    return ServerConnection.makeRequest(url, { cache: 'no-cache', ...init }, this.settings);
  }
}

/** Where the hub's pages for reading are; null on a laptop, which has none. */
export function readerUrl(): string | null {
  const prefix = PageConfig.getOption('hubPrefix');
  return prefix
    ? URLExt.join(
        PageConfig.getOption('hubHost') || location.origin,
        prefix.replace(/hub\/?$/, ''),
        'services/trailbook/'
      )
    : null;
}
