/** All threads of a review on a page, and what changes when one of them does. */
import { type IDiscussionHost, threadBox } from '../../extensions/ui/discussion';
import type { IReview, IThread } from '../../extensions/ui/types';
import { reviews } from './host';
import { rendered } from './markdownfields';
import { momentElement } from './times';

export class Board {
  constructor(readonly review: IReview) {
    this.threads = new Map(review.threads.map(thread => [thread.id, thread]));
    const comments = review.threads.flatMap(thread => thread.comments);
    for (const made of document.querySelectorAll<HTMLTemplateElement>('template[data-comment]')) {
      const comment = comments.find(({ id }) => id === made.dataset.comment);
      if (comment) {
        this.known.set(comment.text, made.content);
      }
    }
  }

  /** Every thread, as it is now. */
  readonly threads: Map<string, IThread>;
  /** Called with the thread after each change, and with what it was before. */
  onChange: (was: IThread, now: IThread | null) => void = () => undefined;

  /** Draw a thread that is to stay as it is known here. */
  box(thread: IThread): HTMLElement {
    return threadBox(thread, this.host);
  }

  /** Take in a thread that was written just now. */
  add(thread: IThread): void {
    this.threads.set(thread.id, thread);
    this.count();
  }

  /** Say whom a mention did not reach. */
  notReached(names: string[]): void {
    const room = document.getElementById('told');
    if (room && names.length) {
      const listed = names.map(name => `@${name}`).join(', ');
      room.textContent = `Nobody was told of ${listed}: no member of the project has this name.`;
      room.hidden = false;
    }
  }

  private changed(was: IThread, now: IThread | null): void {
    if (now) {
      this.threads.set(was.id, now);
    } else {
      this.threads.delete(was.id);
    }
    const old = document.getElementById(`thread-${was.id}`);
    const fresh = now && this.box(now);
    if (fresh) {
      old?.replaceWith(fresh);
      fresh.focus({ preventScroll: true });
    } else {
      old?.remove();
    }
    this.count();
    this.onChange(was, now);
  }

  /** Bring the numbers of the page's head and of the box at its end up to date. */
  private count(): void {
    const threads = Array.from(this.threads.values());
    const open = threads.filter(({ resolved }) => !resolved).length;
    const drafts = threads.flatMap(({ comments }) => comments).filter(({ draft }) => draft).length;
    say('open-threads', `${open} ${open === 1 ? 'thread' : 'threads'} open`);
    const box = document.getElementById('drafts');
    if (box) {
      box.hidden = drafts === 0;
      box.firstElementChild!.textContent = `${drafts} draft ${drafts === 1 ? 'comment' : 'comments'}`;
    }
  }

  private readonly known = new Map<string, DocumentFragment>();

  private readonly host: IDiscussionHost = {
    client: reviews,
    mayComment: this.review.rights.comment,
    render: async text => {
      const known = this.known.get(text);
      return known ? known.cloneNode(true) : rendered(text);
    },
    moment: momentElement,
    changed: (was, now) => this.changed(was, now),
    notReached: names => this.notReached(names)
  };
}

export function say(id: string, words: string): void {
  const place = document.getElementById(id);
  if (place) {
    place.textContent = words;
  }
}
