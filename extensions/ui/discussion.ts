import { commentForm, type IWritten } from './commentform';
import { aboutThread, doubtOf, nameOf, type Translate } from './discussionwords';
import { element, pressButton } from './element';
import { changedLines } from './linediff';
import type { ReviewClient } from './reviews';
import type { IComment, ISuggestion, IThread } from './reviewtypes';

/** What a host lends to the threads that it shows. */
export interface IDiscussionHost {
  client: ReviewClient;
  /** Whether the reader may write here. */
  mayComment: boolean;
  /** Draws what somebody wrote, sanitised: nothing of it may act. */
  render(text: string): Promise<Node>;
  /** A moment as the host tells it. */
  moment(microseconds: number): Node;
  /** A thread is other than before, or (null) gone with its last draft. */
  changed(thread: IThread, now: IThread | null): void;
  /** Whom a mention did not reach. */
  notReached?(names: string[]): void;
  /** What stands now where a suggestion would go, if the host has it. */
  sourceOf?(thread: IThread): string | null;
  /** What stands in a suggestion's foot: a button that applies it, a link to where that works. */
  suggestionFoot?(thread: IThread, comment: IComment): HTMLElement | null;
  translate?: Translate;
}

/** A thread with all that was written in it, and the way to answer, to resolve and to change. */
export function threadBox(thread: IThread, host: IDiscussionHost): HTMLElement {
  const say = host.translate ?? (words => words);
  const box = element('section', 'tb-thread');
  box.id = `thread-${thread.id}`;
  box.tabIndex = -1;
  box.dataset.thread = thread.id;
  box.classList.toggle('is-resolved', thread.resolved);
  box.setAttribute('aria-label', aboutThread(thread));
  const head = element('header', 'tb-thread-head', element('bdi', '', aboutThread(thread)));
  const by = thread.resolved && thread.resolved_by ? `resolved, ${nameOf(thread.resolved_by)}` : '';
  head.append(
    element('span', 'tb-thread-state', by || (thread.resolved ? say('resolved') : say('open')))
  );
  box.append(head);
  const doubt = doubtOf(thread);
  if (doubt) {
    box.append(element('p', 'tb-quiet', say(doubt)));
    const was = thread.anchor.quote || thread.placement.was;
    if (was) {
      box.append(element('pre', 'tb-quote', was));
    }
  }
  const comments = thread.comments.map(comment => commentBox(comment, thread, host));
  if (thread.resolved) {
    const count = thread.comments.length;
    const folded = element('details', 'inline');
    folded.append(element('summary', '', `${count} ${count === 1 ? 'comment' : 'comments'}`));
    folded.append(...comments);
    box.append(folded);
  } else {
    box.append(...comments);
  }
  if (host.mayComment) {
    box.append(foot(thread, host, say));
  }
  return box;
}

function foot(thread: IThread, host: IDiscussionHost, say: Translate): HTMLElement {
  const room = element('div', 'tb-thread-foot');
  const buttons = element('div', 'tb-buttons');
  const answer = pressButton(say('Answer'), 'tb-button tb-small', () => {
    buttons.hidden = true;
    const form = commentForm({
      label: 'Answer',
      saves: 'send-first',
      preview: text => host.render(text),
      translate: host.translate,
      onCancel: leave,
      onSave: async ({ text, suggestion, draft }: IWritten) => {
        const written = await host.client.answer(thread.id, { text, suggestion, draft });
        host.notReached?.(written.not_reached);
        host.changed(thread, written.thread);
      }
    });
    room.append(form);
    form.querySelector('textarea')?.focus();
  });
  const leave = (): void => {
    room.querySelector('form')?.remove();
    buttons.hidden = false;
    answer.focus();
  };
  const settle = pressButton(
    thread.resolved ? say('Open again') : say('Resolve'),
    'tb-button tb-small',
    () =>
      tried(room, async () => {
        const { id, resolved } = thread;
        host.changed(thread, (await host.client.resolve(id, !resolved)).thread);
      })
  );
  buttons.append(answer);
  if (!thread.comments.every(comment => comment.draft)) {
    buttons.append(settle);
  }
  room.append(buttons);
  return room;
}

/** One comment; who wrote it can change it, and take it back. */
function commentBox(comment: IComment, thread: IThread, host: IDiscussionHost): HTMLElement {
  const say = host.translate ?? (words => words);
  const box = element('article', 'tb-comment');
  box.dataset.comment = comment.id;
  box.classList.toggle('is-draft', comment.draft);
  const head = element('header', 'tb-comment-head');
  head.append(element('strong', '', element('bdi', '', nameOf(comment.author))), ' ');
  if (comment.author.gone) {
    head.append(element('span', 'tb-quiet', say('no longer in the project')), ' ');
  }
  head.append(element('span', 'tb-quiet', host.moment(comment.at)));
  if (comment.edited_at !== null) {
    head.append(' ', element('span', 'tb-quiet', say('changed')));
  }
  if (comment.draft) {
    head.append(' ', element('span', 'tag', say('draft, only you see it')));
  }
  box.append(head);
  if (comment.deleted) {
    box.append(element('p', 'tb-quiet', say('This comment was deleted.')));
    return box;
  }
  const text = element('div', 'comment-text prose');
  text.dir = 'auto';
  void host.render(comment.text).then(node => text.replaceChildren(node));
  box.append(text);
  if (comment.suggestion) {
    box.append(suggestionBox(comment.suggestion, comment, thread, host));
  }
  if (comment.mine) {
    box.append(ownButtons(box, comment, thread, host));
  }
  return box;
}

function ownButtons(
  box: HTMLElement,
  comment: IComment,
  thread: IThread,
  host: IDiscussionHost
): HTMLElement {
  const say = host.translate ?? (words => words);
  const buttons = element('div', 'tb-buttons tb-own');
  const change = pressButton(say('Change'), 'tb-button tb-link', () => {
    const form = commentForm({
      label: 'Comment',
      text: comment.text,
      source: comment.suggestion ? before(thread, host) : null,
      suggestion: comment.suggestion?.source ?? null,
      saves: 'change',
      preview: text => host.render(text),
      translate: host.translate,
      onCancel: () => {
        form.remove();
        buttons.hidden = false;
        change.focus();
      },
      onSave: async ({ text, suggestion }: IWritten) => {
        const written = await host.client.editComment(comment.id, text, suggestion);
        host.notReached?.(written.not_reached);
        host.changed(thread, written.thread);
      }
    });
    buttons.hidden = true;
    box.append(form);
    form.querySelector('textarea')?.focus();
  });
  const remove = pressButton(say('Delete'), 'tb-button tb-link', () =>
    tried(box, async () => {
      await host.client.deleteComment(comment.id);
      host.changed(thread, without(thread, comment));
    })
  );
  buttons.append(change, remove);
  return buttons;
}

/** The thread as it is once a comment is deleted: a draft leaves nothing, others leave their place. */
function without(thread: IThread, comment: IComment): IThread | null {
  const comments = comment.draft
    ? thread.comments.filter(each => each.id !== comment.id)
    : thread.comments.map(each =>
        each.id === comment.id ? { ...each, deleted: true, text: '', suggestion: null } : each
      );
  return comments.length ? { ...thread, comments } : null;
}

function suggestionBox(
  suggestion: ISuggestion,
  comment: IComment,
  thread: IThread,
  host: IDiscussionHost
): HTMLElement {
  const say = host.translate ?? (words => words);
  const box = element('figure', 'tb-suggestion');
  const applied = suggestion.applied_at !== null;
  box.append(
    element(
      'figcaption',
      'tb-quiet',
      applied ? say('Suggested change, applied') : say('Suggested change')
    )
  );
  const code = element('pre', '');
  code.tabIndex = 0;
  for (const { sign, text } of changedLines(before(thread, host), suggestion.source)) {
    const kind = { '-': 'tb-del', '+': 'tb-ins', ' ': 'tb-same' }[sign];
    const mark = element('span', 'tb-sign', sign === '-' ? '−' : sign);
    code.append(element('span', kind, mark, `${text}\n`));
  }
  box.append(code);
  const below = applied ? null : host.suggestionFoot?.(thread, comment);
  if (below) {
    box.append(below);
  }
  return box;
}

/** What a suggestion replaces. */
const before = (thread: IThread, host: IDiscussionHost): string =>
  thread.anchor.quote || thread.placement.was || (host.sourceOf?.(thread) ?? '');

/** Do it, or say below what went wrong. */
async function tried(room: HTMLElement, act: () => Promise<void>): Promise<void> {
  room.querySelector(':scope > .tb-trouble')?.remove();
  try {
    await act();
  } catch (reason) {
    const words = element(
      'p',
      'tb-trouble',
      reason instanceof Error ? reason.message : String(reason)
    );
    words.setAttribute('role', 'alert');
    room.append(words);
  }
}
