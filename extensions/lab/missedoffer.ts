import { Notification } from '@jupyterlab/apputils';
import type { NotebookPanel } from '@jupyterlab/notebook';
import { Poll } from '@lumino/polling';
import { decline, declined } from './declined';
import { OfferBar } from './missedbar';
import { type IOffer, MissedOutputs } from './missedmodel';
import type { IReading } from './reading';
import type { ITrail } from './trail';

/** After opening or reconnecting, in ms: at once, and when the recorder has sent the last of it. */
const LOOK_AFTER = [300, 4000];
/** How often to look while a run that was left goes on, in ms; less and less often. */
const GOING = { interval: 3000, backoff: true, max: 60_000 };
const MOST_PATIENCE = 30_000;
/** So many runs are opened to look at, at once. */
const MOST_SHOWN = 5;

interface IHost {
  trail: ITrail;
  reading: IReading;
}

/** What is offered above one notebook. */
export class Offer {
  constructor(
    private readonly panel: NotebookPanel,
    private readonly host: IHost
  ) {
    this.missed = new MissedOutputs(panel, host.trail);
    this.poll = new Poll({
      name: `trailbook:missed-${panel.id}`,
      auto: false,
      factory: () => this.look(),
      frequency: GOING,
      standby: 'when-hidden'
    });
    panel.sessionContext.connectionStatusChanged.connect((_, status) => {
      if (status === 'connected' && this.wasAway) {
        this.lookSoon();
      }
      this.wasAway = status !== 'connected';
    });
    panel.disposed.connect(() => {
      this.timers.forEach(clearTimeout);
      this.poll.dispose();
    });
  }

  follows(cell: string): void {
    this.missed.follows(cell);
  }

  lookSoon(): void {
    this.timers.forEach(clearTimeout);
    this.timers = LOOK_AFTER.map(delay => window.setTimeout(() => void this.poll.refresh(), delay));
  }

  /** The person asks: whatever is missing is offered, also what was declined. */
  async onDemand(): Promise<void> {
    const { trans } = this.host.trail;
    let offer: IOffer;
    try {
      offer = await this.missed.look(true);
    } catch (reason) {
      console.warn(reason);
      Notification.warning(trans.__('The history cannot be reached. Nothing was changed.'), {
        autoClose: 6000
      });
      return;
    }
    if (offer.cells.length === 0) {
      Notification.info(
        trans.__(
          'No cell lacks outputs of its last run. A cell that was edited since is left alone.'
        ),
        { autoClose: 8000 }
      );
      return;
    }
    this.wanted = true;
    this.show(offer);
    this.bar?.focus();
  }

  private async look(): Promise<void> {
    if (this.panel.isDisposed) {
      return;
    }
    const offer = await this.missed.look(this.wanted);
    const known = declined();
    if (this.wanted || keys(offer).some(key => !known.has(key))) {
      this.show(offer);
    } else {
      this.hide();
    }
    if (offer.again) {
      const interval = Math.min(MOST_PATIENCE, this.poll.frequency.interval * 1.2);
      this.poll.frequency = { ...GOING, interval };
    } else {
      await this.poll.stop();
    }
  }

  private show(offer: IOffer): void {
    if (offer.cells.length === 0) {
      this.hide();
      return;
    }
    this.offer = offer;
    const words = this.words(offer);
    if (this.bar) {
      this.bar.words = words;
      return;
    }
    const { trans } = this.host.trail;
    this.bar = new OfferBar(words, [
      { label: trans.__('Put them into the notebook'), run: () => void this.putIn() },
      { label: trans.__('Show'), run: () => void this.open() },
      { label: trans.__('Not now'), run: () => this.decline() }
    ]);
    this.panel.contentHeader.addWidget(this.bar);
  }

  private hide(): void {
    this.offer = null;
    this.wanted = false;
    this.bar?.dispose();
    this.bar = null;
  }

  private words({ cells, going }: IOffer): string {
    const { trans } = this.host.trail;
    if (going) {
      return trans.__(
        'A run that you left is still going on. Its outputs so far can be put in now; the rest is offered when it is done.'
      );
    }
    const count = cells.reduce((sum, cell) => sum + cell.count, 0);
    const outputs = trans._n('%1 output', '%1 outputs', count, count);
    return cells.length > 1
      ? trans.__('%1 in %2 cells arrived while you were away.', outputs, cells.length)
      : trans.__('%1 arrived while you were away.', outputs);
  }

  private async putIn(): Promise<void> {
    const { trans } = this.host.trail;
    // A run that goes on has given more since the bar was drawn.
    const offer = await this.missed.look(this.wanted).catch(() => this.offer);
    this.hide();
    if (!offer || offer.cells.length === 0) {
      return;
    }
    const undo = this.missed.putIn(offer.cells);
    const [first] = offer.cells;
    this.panel.content.activeCellIndex = this.panel.content.widgets.findIndex(
      cell => cell.model.id === first.cell
    );
    this.panel.content.activate();
    Notification.success(
      trans.__('The outputs are in the notebook. Ctrl+Z takes them out again.'),
      {
        autoClose: 8000,
        actions: undo ? [{ label: trans.__('Undo'), callback: () => undo.undo() }] : []
      }
    );
    if (offer.again) {
      this.lookSoon();
    }
  }

  private async open(): Promise<void> {
    for (const { run } of this.offer?.cells.slice(0, MOST_SHOWN) ?? []) {
      await this.host.reading.openStep(run, null);
    }
  }

  private decline(): void {
    if (this.offer) {
      decline(keys(this.offer));
    }
    this.hide();
    this.panel.content.activate();
  }

  private readonly missed: MissedOutputs;
  private readonly poll: Poll;
  private timers: number[] = [];
  private wasAway = false;
  private wanted = false;
  private offer: IOffer | null = null;
  private bar: OfferBar | null = null;
}

/** What is offered, to remember that it was declined; the end of a run is something new. */
function keys({ cells, going }: IOffer): string[] {
  return cells.map(({ run }) => (going ? `${run.id}:going` : run.id));
}
