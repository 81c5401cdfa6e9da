import type { TranslationBundle } from '@jupyterlab/translation';
import { VDomModel } from '@jupyterlab/ui-components';
import { Poll } from '@lumino/polling';
import type { IStatus, OwnServer, RecordingState } from './server';

/** How often the status is asked for, in ms; more often while something is on its way. */
const CALM = { interval: 10_000, backoff: true, max: 120_000 };
const BUSY = { ...CALM, interval: 1500 };

/** Whether recording is on, for the status bar, the panel and whoever pauses it. */
export class StatusModel extends VDomModel {
  constructor(
    private readonly server: OwnServer,
    private readonly trans: TranslationBundle
  ) {
    super();
    this.poll = new Poll({
      name: 'trailbook:status',
      factory: () => this.ask(),
      frequency: CALM,
      standby: 'when-hidden'
    });
  }

  status: IStatus | null = null;

  /** JupyterLab's path of the notebook in front, or null. */
  get path(): string | null {
    return this.notebook;
  }

  set path(path: string | null) {
    if (path !== this.notebook) {
      this.notebook = path;
      void this.poll.refresh();
    }
  }

  override dispose(): void {
    this.poll.dispose();
    super.dispose();
  }

  /** Something was run or saved. */
  readonly lookSoon = (): void => void this.poll.refresh();

  /** Pause or resume, here or (path null) everything on this server. */
  async pause(path: string | null, paused: boolean): Promise<void> {
    await this.server.pause(path, paused);
    await this.ask();
  }

  get state(): RecordingState | 'unknown' {
    return this.status?.state ?? 'unknown';
  }

  /** "● recorded", short enough for the status bar. */
  get label(): string {
    const waiting = this.status?.pending_events ?? 0;
    const labels: Record<RecordingState | 'unknown', string> = {
      recorded: this.trans.__('● recorded'),
      pending: this.trans.__('◌ pending %1', waiting),
      offline: this.trans.__('○ offline (%1 waiting)', waiting),
      paused: this.trans.__('‖ paused'),
      off: this.trans.__('– off'),
      unknown: this.failed ? this.trans.__('? not known') : ''
    };
    return labels[this.state];
  }

  /** The same in a sentence that says what is kept and what to do. */
  get sentence(): string {
    const { trans } = this;
    const sentences: Record<RecordingState | 'unknown', string> = {
      recorded: trans.__('Every run and every saved version is recorded.'),
      pending: trans.__('Recorded here, and on its way into the history.'),
      offline: trans.__(
        'The history cannot be reached. Runs and versions are kept on this server and sent when it is back.'
      ),
      paused: trans.__('Recording is paused. Runs and versions from now on are not kept.'),
      off: trans.__(
        'Recording is switched off here, by an administrator or a maintainer of the project. Runs and versions are not kept.'
      ),
      unknown: trans.__('This server does not say whether it records.')
    };
    return sentences[this.state];
  }

  private async ask(): Promise<void> {
    try {
      this.become(await this.server.status(this.notebook));
    } catch (reason) {
      this.failed = true;
      this.become(null);
      throw reason;
    }
  }

  private become(status: IStatus | null): void {
    this.poll.frequency = status?.state === 'pending' ? BUSY : CALM;
    if (status === null || JSON.stringify(status) !== JSON.stringify(this.status)) {
      this.status = status;
      this.stateChanged.emit();
    }
  }

  private readonly poll: Poll;
  private notebook: string | null = null;
  private failed = false;
}
