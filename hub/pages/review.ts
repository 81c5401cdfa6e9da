/** The island of a review's pages: its changes, its keys, and its fields. */
import '@lumino/widgets/style/widget.css';
import '@jupyterlab/rendermime/style/base.css';
import '@jupyterlab/codemirror/style/base.css';
import '../../extensions/ui/diff.css';
import '../../extensions/ui/discussion.css';
import './diff.css';
import './review.css';
import { reviews } from './host';
import { tendFields } from './markdownfields';
import { Board } from './reviewboard';
import { listenForReviewKeys } from './reviewkeys';
import { Room } from './reviewroom';

async function drawChanges(places: HTMLElement[], id: string): Promise<void> {
  const review = await reviews.review(id);
  const board = new Board(review);
  const rooms: Room[] = [];
  board.onChange = () => rooms.forEach(room => room.view?.refreshLines());
  const what = new URLSearchParams(location.search).get('what') ?? '';
  for (const place of places) {
    const notebook = review.notebooks.find(each => each.notebook === place.dataset.notebook);
    if (notebook) {
      const room = new Room(place, board, notebook);
      rooms.push(room);
      listenForReviewKeys(room);
      await room
        .draw(what !== 'source', what === 'metadata')
        .catch((reason: unknown) => {
          const words = reason instanceof Error ? reason.message : '';
          place.textContent = `The two versions could not be compared. ${words}`;
        })
        .finally(() => place.removeAttribute('aria-busy'));
    }
  }
  listElsewhere(board, rooms);
  revealAddressed(board, rooms);
  window.addEventListener('hashchange', () => revealAddressed(board, rooms));
}

/** Below the changes: threads whose place is not among them. */
function listElsewhere(board: Board, rooms: Room[]): void {
  const section = document.getElementById('elsewhere');
  const placed = new Set(rooms.flatMap(room => Array.from(room.placed())));
  for (const thread of board.threads.values()) {
    const here = !['review', 'step'].includes(thread.anchor.kind);
    if (here && !placed.has(thread.id) && !document.getElementById(`thread-${thread.id}`)) {
      section?.querySelector('div')?.append(board.box(thread));
      section!.hidden = false;
    }
  }
}

/** Show the thread that the address names. */
function revealAddressed(board: Board, rooms: Room[]): void {
  const id = /^#thread-([0-9a-f]{32})$/.exec(location.hash)?.[1];
  const thread = id ? board.threads.get(id) : undefined;
  if (thread && !rooms.some(room => room.reveal(thread))) {
    const box = document.getElementById(`thread-${thread.id}`);
    box?.scrollIntoView({ block: 'center' });
    box?.focus({ preventScroll: true });
  }
}

const page = document.getElementById('review');
const places = Array.from(document.querySelectorAll<HTMLElement>('#review .diff-room'));
tendFields(document);
document
  .querySelector<HTMLFormElement>('form.since')
  ?.addEventListener('change', event => (event.currentTarget as HTMLFormElement).requestSubmit());
if (page?.dataset.review && places.length) {
  void drawChanges(places, page.dataset.review);
} else if (page) {
  listenForReviewKeys(null);
}
