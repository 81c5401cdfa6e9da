import type { NotebookPanel } from '@jupyterlab/notebook';
import { VDomModel } from '@jupyterlab/ui-components';
import { Poll } from '@lumino/polling';
import { ApiError } from '../ui/client';
import type { IKernelSession, INotebook, IStep, IStepsPage } from '../ui/types';
import type { ITrail } from './trail';

/** How much the panel asks for at once. */
const PAGE = 50;
/** How often it looks by itself, in ms, while it can be seen: for what others do, and other tabs. */
const CALM = { interval: 15_000, backoff: true, max: 120_000 };
/** The same while something runs. */
const RUNNING = { ...CALM, interval: 2500 };
/** After a run or a save the recorder needs a moment: look at once, then again, in ms. */
const LOOK_AGAIN = [250, 1000, 2500];

export type HistoryState = 'nothing-open' | 'waiting' | 'unrecorded' | 'ready' | 'offline';

/** The steps of the notebook in front, oldest first, kept up to date. */
export class HistoryModel extends VDomModel {
  constructor(private readonly trail: ITrail) {
    super();
    this.poll = new Poll({
      name: 'trailbook:history',
      auto: false,
      factory: () => this.look(),
      frequency: CALM,
      standby: () => (this.visible && !document.hidden ? 'never' : true)
    });
  }

  state: HistoryState = 'nothing-open';
  /** The sentence under the header, when something is wrong. */
  trouble = '';
  notebook: INotebook | null = null;
  steps: IStep[] = [];
  kernelSessions = new Map<string, IKernelSession>();
  hasOlder = false;
  selected: string | null = null;
  panel: NotebookPanel | null = null;

  /** JupyterLab's path of the notebook in front. */
  get path(): string {
    return this.panel?.context.localPath ?? '';
  }

  get selectedStep(): IStep | null {
    return this.steps.find(step => step.id === this.selected) ?? null;
  }

  override dispose(): void {
    this.again.forEach(clearTimeout);
    this.poll.dispose();
    super.dispose();
  }

  /** Whether somebody can see the panel: nothing is asked for otherwise. */
  set shown(visible: boolean) {
    this.visible = visible;
    if (visible) {
      void this.poll.start();
      this.lookSoon();
    }
  }

  /** Turn to another notebook. */
  follow(panel: NotebookPanel | null): void {
    if (panel === this.panel) {
      return;
    }
    this.panel?.context.pathChanged.disconnect(this.restart);
    this.panel?.context.saveState.disconnect(this.lookSoon);
    this.panel = panel;
    panel?.context.pathChanged.connect(this.restart);
    panel?.context.saveState.connect(this.lookSoon);
    this.restart();
  }

  /** Something was run or saved: look now, and once more when the recorder had its moment. */
  readonly lookSoon = (): void => {
    this.again.forEach(clearTimeout);
    this.again = LOOK_AGAIN.map(delay =>
      window.setTimeout(() => {
        this.trail.status.lookSoon();
        void this.poll.refresh();
      }, delay)
    );
  };

  select(step: string | null): void {
    this.selected = step;
    this.stateChanged.emit();
  }

  /** Load the page before the oldest step that is shown. */
  async older(): Promise<void> {
    const { notebook, before } = this;
    if (!notebook || before === null) {
      return;
    }
    try {
      const page = await this.trail.client.steps(notebook.id, { before, limit: PAGE });
      if (notebook.id === this.notebook?.id) {
        this.remember(page);
        this.steps = [...page.steps, ...this.steps];
        this.setBefore(page.before);
        this.stateChanged.emit();
      }
    } catch (reason) {
      this.fail(reason);
    }
  }

  private readonly restart = (): void => {
    this.steps = [];
    this.notebook = null;
    this.selected = null;
    this.setBefore(null);
    this.become(this.panel ? 'waiting' : 'nothing-open');
    this.lookSoon();
    void this.poll.refresh();
  };

  private async look(): Promise<void> {
    const { panel } = this;
    if (!panel || panel.isDisposed || !this.visible) {
      return;
    }
    const path = this.path;
    const current = (): boolean => panel === this.panel && path === this.path;
    try {
      const notebook = this.notebook ?? (await this.find(path));
      const page =
        notebook && (await this.trail.client.steps(notebook.id, { newest: true, limit: PAGE }));
      if (current()) {
        this.take(page);
      }
    } catch (reason) {
      if (current()) {
        this.fail(reason);
      }
      throw reason;
    }
  }

  private async find(path: string): Promise<INotebook | null> {
    const place = await this.trail.server.place(path);
    return place.space ? this.trail.client.notebookAt(place.space, place.path) : null;
  }

  private take(page: IStepsPage | null): void {
    if (!page || (page.total === 0 && page.steps.length === 0)) {
      this.notebook = page?.notebook ?? null;
      this.become('unrecorded');
      return;
    }
    this.notebook = page.notebook;
    this.remember(page);
    const fresh = new Set(page.steps.map(step => step.id));
    const first = this.steps.findIndex(step => fresh.has(step.id));
    if (first < 0) {
      // Nothing in common with what is shown: begin anew rather than hide a hole.
      this.steps = page.steps;
      this.setBefore(page.before);
    } else {
      this.steps = [...this.steps.slice(0, first), ...page.steps];
    }
    const running = page.steps.some(step => step.status === 'running');
    this.poll.frequency = running ? RUNNING : CALM;
    this.become('ready');
  }

  private fail(reason: unknown): void {
    const gone = reason instanceof ApiError && reason.status === 404;
    if (gone) {
      this.notebook = null;
      this.become('unrecorded');
      return;
    }
    const { trans } = this.trail;
    this.become(
      'offline',
      reason instanceof ApiError && reason.code !== 'error'
        ? reason.message
        : trans.__('The history cannot be reached. What you run is kept here and sent later.')
    );
  }

  private become(state: HistoryState, trouble = ''): void {
    this.state = state;
    this.trouble = trouble;
    this.stateChanged.emit();
  }

  private remember(page: IStepsPage): void {
    page.kernel_sessions.forEach(session => this.kernelSessions.set(session.id, session));
  }

  private setBefore(before: number | null): void {
    this.before = before;
    this.hasOlder = before !== null;
  }

  private readonly poll: Poll;
  private before: number | null = null;
  private visible = false;
  private again: number[] = [];
}
