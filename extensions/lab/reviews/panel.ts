import { commentIcon } from './icon';
import { Notification } from '@jupyterlab/apputils';
import type { CommandRegistry } from '@lumino/commands';
import { Widget } from '@lumino/widgets';
import { commentForm } from '../../ui/commentform';
import { type IDiscussionHost, threadBox } from '../../ui/discussion';
import { nameOf } from '../../ui/discussionwords';
import { element, pressButton } from '../../ui/element';
import type { IReviewLine, IThread } from '../../ui/reviewtypes';
import { CommandIDs } from '../commandids';
import { readerUrl } from '../server';
import { moment } from '../times';
import type { ITrail } from '../trail';
import { indexOf, revealCell } from './cells';
import { harmless } from './markup';
import type { IReviewHere, ReviewsModel } from './model';
import { NotThere, replaceSource, withLines } from './suggestion';
import { stateWords, whyWords } from './words';

export interface IReviewsPanelOptions {
  trail: ITrail;
  model: ReviewsModel;
  commands: CommandRegistry;
  /** Markdown as HTML; nothing of it is believed. */
  toHtml: (text: string) => Promise<string>;
}

/** What is said about the notebook in front, and the reviews that wait. */
export class ReviewsPanel extends Widget {
  constructor(private readonly options: IReviewsPanelOptions) {
    super();
    this.id = 'trailbook-reviews';
    this.addClass('trailbook-Reviews');
    this.title.icon = commentIcon;
    this.title.caption = options.trail.trans.__('Reviews');
    this.node.tabIndex = -1;
    options.model.changed.connect(() => this.draw(), this);
    this.draw();
  }

  /** Bring a thread before the reader's eyes. */
  reveal(thread: IThread): void {
    const box = this.node.querySelector<HTMLElement>(`[data-thread="${thread.id}"]`);
    box?.scrollIntoView({ block: 'nearest' });
    box?.focus({ preventScroll: true });
  }

  private draw(): void {
    const writing = this.node.querySelector('form');
    if (writing) {
      return; // what somebody types is not taken away; the next look draws it
    }
    const { trail, model } = this.options;
    const { trans } = trail;
    const rest = model.lines.filter(
      line => !model.here.some(({ review }) => review.id === line.id)
    );
    const parts: (Node | string)[] = [this.head()];
    if (model.trouble) {
      parts.push(element('p', 'trailbook-trouble', model.trouble));
    }
    parts.push(...model.here.map(here => this.review(here)));
    if (rest.length > 0) {
      parts.push(
        element('h3', '', trans.__('Other reviews')),
        element('ul', 'trailbook-Reviews-lines', ...rest.map(line => this.line(line)))
      );
    }
    if (model.loaded && model.lines.length === 0 && !model.trouble) {
      parts.push(this.empty());
    }
    this.node.replaceChildren(...parts);
  }

  private head(): HTMLElement {
    const { trail, model, commands } = this.options;
    const { trans } = trail;
    const said =
      model.waiting > 0
        ? trans._n('%1 waits for you', '%1 wait for you', model.waiting)
        : trans.__('None waits for you');
    const head = element(
      'header',
      'trailbook-Reviews-header',
      element('h2', '', trans.__('Reviews'))
    );
    if (model.loaded) {
      const count = element('span', 'trailbook-quiet', said);
      count.setAttribute('role', 'status');
      head.append(count);
    }
    const ask = pressButton(trans.__('Ask for review'), '', () =>
      commands.execute(CommandIDs.askReview)
    );
    ask.disabled = model.panel === null;
    return element('div', '', head, element('div', 'trailbook-Buttons', ask));
  }

  private empty(): HTMLElement {
    return element(
      'p',
      'trailbook-Empty',
      this.options.trail.trans.__(
        'No review is under way. Ask for one while the work is still being made: colleagues see what changed, comment on cells, and what they say stands here beside them.'
      )
    );
  }

  private line(line: IReviewLine): HTMLElement {
    const { trans } = this.options.trail;
    const item = element('li', '', this.link(line.id, `${line.number} ${line.title}`));
    const why = line.why === null ? stateWords(line.state, trans) : whyWords(line.why, trans);
    item.append(element('span', 'trailbook-quiet', why));
    return item;
  }

  /** The review's page in the reader; a laptop has none. */
  private link(id: string, words: string): HTMLElement {
    const reader = readerUrl();
    if (reader === null) {
      return element('strong', '', element('bdi', '', words));
    }
    const link = element('a', '', element('bdi', '', words));
    link.href = `${reader}reviews/${id}`;
    link.target = '_blank';
    link.rel = 'noopener';
    return link;
  }

  private review(here: IReviewHere): HTMLElement {
    const { trans } = this.options.trail;
    const { review } = here;
    const box = element('section', 'trailbook-Review');
    box.append(
      element('h3', '', this.link(review.id, `${review.number} ${review.title}`)),
      element(
        'p',
        'trailbook-quiet',
        trans.__('%1, asked by %2', stateWords(review.state, trans), nameOf(review.author)),
        review.why === null ? '' : `. ${whyWords(review.why, trans)}`
      )
    );
    const open = review.threads.filter(thread => !thread.resolved);
    box.append(...open.map(thread => this.thread(thread, here)));
    const resolved = review.threads.filter(thread => thread.resolved);
    if (resolved.length > 0) {
      const fold = element('details', '');
      const words = trans._n('%1 resolved thread', '%1 resolved threads', resolved.length);
      fold.append(
        element('summary', '', words),
        ...resolved.map(thread => this.thread(thread, here))
      );
      box.append(fold);
    }
    if (review.rights.comment) {
      box.append(this.writing(here));
    }
    return box;
  }

  private thread(thread: IThread, here: IReviewHere): HTMLElement {
    const { model, trail } = this.options;
    const box = threadBox(thread, this.host(here));
    const panel = model.panel;
    if (panel && indexOf(thread, here, panel) >= 0) {
      const go = pressButton(trail.trans.__('Show the cell'), 'tb-button tb-link', () =>
        revealCell(thread, here, panel)
      );
      box.querySelector('.tb-thread-foot, header')?.append(go);
    }
    return box;
  }

  private host(here: IReviewHere): IDiscussionHost {
    const { model, trail, toHtml } = this.options;
    const { trans } = trail;
    return {
      client: model.client,
      mayComment: here.review.rights.comment,
      render: async text => harmless(await toHtml(text)),
      moment: at => document.createTextNode(moment(at, trans)),
      changed: (thread, now) => {
        // What was typed here is said by now, and no longer keeps the panel from being drawn.
        this.node.querySelector(`[data-thread="${thread.id}"] form`)?.remove();
        model.replace(here, thread, now);
      },
      notReached: names => this.sayNotReached(names),
      suggestionFoot: (thread, comment) =>
        pressButton(trans.__('Apply'), 'tb-button tb-small', () =>
          this.apply(thread, comment.id, comment.suggestion?.source ?? '', here)
        )
    };
  }

  /** Comment on the cell that is active now. */
  private writing(here: IReviewHere): HTMLElement {
    const { model, trail } = this.options;
    const { trans } = trail;
    const room = element('div', 'trailbook-Buttons');
    const begin = pressButton(trans.__('Comment on the active cell'), '', () => {
      const id = model.panel?.content.activeCell?.model.id;
      const number = id === undefined ? undefined : here.numbers.get(id);
      if (number === undefined || !here.notebook.head) {
        Notification.info(
          trans.__('This cell is not in the version under review yet. Save, and try again.'),
          { autoClose: 6000 }
        );
        return;
      }
      const snapshot = here.notebook.head.id;
      const form = commentForm({
        label: trans.__('Comment'),
        saves: 'send-first',
        preview: async text => harmless(await this.options.toHtml(text)),
        onCancel: () => {
          form.remove();
          begin.hidden = false;
          this.draw();
        },
        onSave: async ({ text, suggestion, draft }) => {
          const anchor = { notebook: here.notebook.notebook, snapshot, cell: number };
          const comment = { text, suggestion, draft };
          const written = await model.client.openThread(here.review.id, { anchor, comment });
          form.remove();
          this.sayNotReached(written.not_reached);
          if (written.thread) {
            here.review.threads.push(written.thread);
          }
          model.lookSoon();
          this.draw();
        }
      });
      begin.hidden = true;
      room.append(form);
      form.querySelector('textarea')?.focus();
    });
    room.append(begin);
    return room;
  }

  private async apply(
    thread: IThread,
    comment: string,
    source: string,
    here: IReviewHere
  ): Promise<void> {
    const { model, trail } = this.options;
    const { trans } = trail;
    const panel = model.panel;
    const index = panel ? indexOf(thread, here, panel) : -1;
    try {
      if (!panel || index < 0) {
        throw new NotThere();
      }
      const { kind, quote } = thread.anchor;
      const now = panel.content.widgets[index].model.sharedModel.source;
      const line = thread.placement.first_line;
      const next = kind === 'lines' && line !== null ? withLines(now, line, quote, source) : source;
      replaceSource(panel, index, next);
    } catch (reason) {
      if (!(reason instanceof NotThere)) {
        throw reason;
      }
      Notification.warning(
        trans.__(
          'What this would replace has changed in the open notebook. Nothing was done: the suggestion can be copied by hand.'
        ),
        { autoClose: 8000 }
      );
      return;
    }
    const written = await model.client.markApplied(comment, null);
    model.replace(here, thread, written.thread);
    Notification.success(trans.__('The suggestion is in the notebook. It is not saved yet.'), {
      autoClose: 8000
    });
  }

  private sayNotReached(names: string[]): void {
    if (names.length > 0) {
      Notification.info(
        this.options.trail.trans.__(
          'Not told, for they are not in this project: %1',
          names.join(', ')
        ),
        { autoClose: 8000 }
      );
    }
  }
}
