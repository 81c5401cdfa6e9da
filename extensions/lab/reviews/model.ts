import type { NotebookPanel } from '@jupyterlab/notebook';
import { type ISignal, Signal } from '@lumino/signaling';
import type { ReviewClient } from '../../ui/reviews';
import type { IReview, IReviewedNotebook, IReviewLine, IThread } from '../../ui/reviewtypes';
import type { ITrail } from '../trail';

/** How often the service is asked for news, in ms; also when the window comes to the front. */
const LOOK_MS = 60_000;

/** Reviews of one notebook that are read in full: more are a list in the reader. */
const MOST_HERE = 5;

const UNDER_WAY = 'draft,open,changes-requested,approved';

/** A review of the notebook in front, with its cells by the file's own ids. */
export interface IReviewHere {
  review: IReview;
  notebook: IReviewedNotebook;
  /** The id of the cell at each place of the head. */
  ids: (string | null)[];
  /** The number of each cell, by its id. */
  numbers: Map<string, number>;
}

/** The reviews that concern a person, and those of the notebook in front. */
export class ReviewsModel {
  constructor(
    private readonly trail: ITrail,
    readonly client: ReviewClient
  ) {
    this.timer = setInterval(() => document.hidden || this.lookSoon(), LOOK_MS);
    window.addEventListener('focus', this.lookSoon);
  }

  get changed(): ISignal<this, void> {
    return this.change;
  }

  /** Reviews under way, those that wait for the person first. */
  lines: IReviewLine[] = [];
  /** How many wait for the person. */
  waiting = 0;
  here: IReviewHere[] = [];
  /** Why there is nothing to show, if something went wrong. */
  trouble = '';
  loaded = false;

  get panel(): NotebookPanel | null {
    return this.followed;
  }

  follow(panel: NotebookPanel | null): void {
    if (panel !== this.followed) {
      this.followed = panel;
      this.here = [];
      this.change.emit();
      this.lookSoon();
    }
  }

  /** Look again, once for all that asks at the same time. */
  readonly lookSoon = (): void => {
    clearTimeout(this.soon);
    this.soon = setTimeout(() => void this.look(), 200);
  };

  /** The identity of the notebook in front, null while nothing of it is recorded. */
  async notebookInFront(): Promise<string | null> {
    const panel = this.followed;
    if (panel === null) {
      return null;
    }
    const { space, path } = await this.trail.server.place(panel.context.localPath);
    const found = space === null ? null : await this.trail.client.notebookAt(space, path);
    return found?.id ?? null;
  }

  /** A thread was written in, or (null) taken away: show it so without asking for all of it. */
  replace(here: IReviewHere, thread: IThread, now: IThread | null): void {
    const { threads } = here.review;
    here.review.threads = now
      ? threads.map(each => (each.id === thread.id ? now : each))
      : threads.filter(each => each.id !== thread.id);
    this.change.emit();
  }

  dispose(): void {
    clearInterval(this.timer);
    clearTimeout(this.soon);
    window.removeEventListener('focus', this.lookSoon);
  }

  private async look(): Promise<void> {
    const panel = this.followed;
    try {
      const { reviews, waiting } = await this.client.reviews({ state: UNDER_WAY });
      this.lines = [
        ...reviews.filter(line => line.why !== null),
        ...reviews.filter(line => line.why === null)
      ];
      this.waiting = waiting;
      const here = await this.ofNotebook(reviews);
      if (panel === this.followed) {
        this.here = here;
      }
      this.trouble = '';
    } catch (reason) {
      this.trouble = reason instanceof Error ? reason.message : String(reason);
    }
    this.loaded = true;
    this.change.emit();
  }

  private async ofNotebook(lines: IReviewLine[]): Promise<IReviewHere[]> {
    const notebook = await this.notebookInFront();
    if (notebook === null) {
      return [];
    }
    const { path } = await this.trail.client.notebook(notebook);
    const candidates = lines.filter(line => line.paths.includes(path)).slice(0, MOST_HERE);
    const reviews = await Promise.all(candidates.map(line => this.client.review(line.id)));
    const here = await Promise.all(reviews.map(review => this.located(review, notebook)));
    return here.filter(each => each !== null);
  }

  private async located(review: IReview, notebook: string): Promise<IReviewHere | null> {
    const reviewed = review.notebooks.find(each => each.notebook === notebook);
    if (!reviewed) {
      return null;
    }
    const head = reviewed.head?.id;
    const cells = head ? await this.trail.client.cells(notebook, head) : [];
    const ids: (string | null)[] = [];
    const numbers = new Map<string, number>();
    for (const { place, id, number } of cells) {
      if (place !== null) {
        ids[place] = id;
      }
      if (id !== null) {
        numbers.set(id, number);
      }
    }
    return { review, notebook: reviewed, ids, numbers };
  }

  private followed: NotebookPanel | null = null;
  private readonly change = new Signal<this, void>(this);
  private readonly timer: ReturnType<typeof setInterval>;
  private soon: ReturnType<typeof setTimeout> | undefined;
}
