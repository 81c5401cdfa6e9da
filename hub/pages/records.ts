import { noteForm } from '../../extensions/ui/notes';
import { fillFrames } from './frames';
import { address, client, piece } from './host';
import { localize } from './times';

/** The line of a story that an element is in. */
export const lineOf = (inside: Element | null): HTMLElement | null =>
  inside?.closest<HTMLElement>('.line[data-step]') ?? null;

const recordOf = (line: HTMLElement): HTMLElement | null =>
  line.querySelector<HTMLElement>(':scope > .opened');

const titleOf = (line: HTMLElement): HTMLAnchorElement | null =>
  line.querySelector<HTMLAnchorElement>(':scope > .row .title');

/** Open a line to its record, or close it. */
export async function toggle(line: HTMLElement): Promise<void> {
  if (!close(line)) {
    await open(line);
  }
}

/** Close a line's record; false when it was not open. */
export function close(line: HTMLElement): boolean {
  const opened = recordOf(line);
  opened?.remove();
  titleOf(line)?.setAttribute('aria-expanded', 'false');
  line.classList.remove('is-open');
  return opened !== null;
}

export async function open(line: HTMLElement): Promise<void> {
  if (recordOf(line)) {
    return;
  }
  const room = document.createElement('div');
  room.className = 'opened';
  room.setAttribute('aria-busy', 'true');
  line.querySelector(':scope > .row')?.after(room);
  line.classList.add('is-open');
  titleOf(line)?.setAttribute('aria-expanded', 'true');
  history.replaceState(null, '', `#${line.id}`);
  try {
    room.replaceChildren(await piece(`steps/${line.dataset.step}?part=record`));
  } catch (reason) {
    room.textContent = `This step could not be loaded. ${String(reason)}`;
  }
  room.removeAttribute('aria-busy');
  settle(room);
}

/** What every new piece of a page needs. */
export function settle(root: ParentNode): void {
  localize(root);
  fillFrames(root);
}

/** Write a note on a line without leaving it. */
export function writeNote(line: HTMLElement): void {
  const notes = line.querySelector<HTMLElement>(':scope > .notes');
  const step = line.dataset.step ?? '';
  if (!notes || notes.querySelector('.tb-note-form textarea[data-new]')) {
    return;
  }
  const done = (): void => {
    form.remove();
    titleOf(line)?.focus();
  };
  const form = noteForm({
    onCancel: done,
    onSave: async (kind, text) => {
      await client.addNote(step, kind, text);
      notes.replaceChildren(await piece(`steps/${step}?part=notes`));
      settle(notes);
      done();
    }
  });
  const text = form.querySelector('textarea');
  text?.setAttribute('data-new', '');
  notes.append(form);
  text?.focus();
}

/** Show the step that the address names; the server finds it when it is on another page. */
export function showAddressed(): void {
  const id = /^#step-([0-9a-f]{32})$/.exec(location.hash)?.[1];
  if (!id || !document.querySelector('.story')) {
    return;
  }
  const line = document.getElementById(`step-${id}`);
  if (line) {
    line.closest('details')?.setAttribute('open', '');
    void open(line).then(() => line.scrollIntoView({ block: 'start' }));
    titleOf(line)?.focus({ preventScroll: true });
  } else if (!location.search.includes(id)) {
    location.replace(
      address(`${location.pathname.slice(address('').length)}?around=${id}#step-${id}`)
    );
  }
}
