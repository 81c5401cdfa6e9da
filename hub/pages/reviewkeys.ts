/** Keys of a review's pages, besides those of every page. */
import type { Room } from './reviewroom';

/** Listen; `room` is a notebook whose changes are drawn, null on pages without. */
export function listenForReviewKeys(room: Room | null): void {
  document.addEventListener(
    'keydown',
    event => {
      const target = event.target as HTMLElement;
      const plain = !event.ctrlKey && !event.metaKey && !event.altKey;
      const typing = target.matches('input:not([type=radio], [type=checkbox]), textarea, select');
      if (plain && !typing && !document.querySelector('dialog[open]') && act(event.key, room)) {
        event.preventDefault();
        event.stopImmediatePropagation();
      }
    },
    { capture: true }
  );
}

function act(key: string, room: Room | null): boolean {
  switch (key) {
    case 'n':
      return nextOpenThread();
    case 'c':
      return room !== null && comment(room);
    case 'v':
      return room !== null && view(room);
    default:
      return false;
  }
}

/** Go to the next open thread after where one is, and from the last to the first. */
function nextOpenThread(): boolean {
  const open = Array.from(
    document.querySelectorAll<HTMLElement>('.tb-thread:not(.is-resolved)')
  ).filter(box => box.offsetParent !== null);
  const here = document.activeElement;
  const after = open.find(
    box =>
      here !== null &&
      !box.contains(here) &&
      here.compareDocumentPosition(box) & Node.DOCUMENT_POSITION_FOLLOWING
  );
  const next = (here === document.body ? null : after) ?? open[0];
  if (next) {
    next.tabIndex = -1;
    next.focus({ preventScroll: true });
    next.scrollIntoView({ block: 'center', behavior: 'instant' });
  }
  return next !== undefined;
}

/** Comment on the line with the cursor, on the cell with the focus, or on everything. */
function comment(room: Room): boolean {
  const here = document.activeElement;
  const cell = room.cellOf(here);
  if (here?.matches('.cm-content')) {
    // The diff chooses the line with the cursor at Enter.
    here.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true }));
  } else if (cell) {
    room.write(cell, {});
  } else {
    return false;
  }
  return true;
}

function view(room: Room): boolean {
  const cell = room.cellOf(document.activeElement);
  return cell !== undefined && room.toggle(cell);
}
