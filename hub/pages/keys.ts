import { close, lineOf, writeNote } from './records';

const STOPS = '.story .line .title, .tb-Diff-cell, .cells > .cell';

/** What the keys do; each page has some of it. */
const KEYS: Record<string, () => boolean> = {
  j: () => step(1),
  k: () => step(-1),
  n: note,
  d: changes,
  '?': help,
  Escape: back
};

export function listenForKeys(): void {
  document.addEventListener('keydown', event => {
    const target = event.target as HTMLElement;
    const typing = target.matches('input:not([type=radio]), textarea, select, [contenteditable]');
    if (
      event.ctrlKey ||
      event.metaKey ||
      event.altKey ||
      typing ||
      document.querySelector('dialog[open]')
    ) {
      return;
    }
    if (KEYS[event.key]?.()) {
      event.preventDefault();
    }
  });
}

const here = (): HTMLElement | null => lineOf(document.activeElement);

function step(by: number): boolean {
  const link = document.querySelector<HTMLAnchorElement>(`a[data-key=${by > 0 ? 'j' : 'k'}]`);
  const stops = Array.from(document.querySelectorAll<HTMLElement>(STOPS)).filter(
    stop => stop.offsetParent !== null
  );
  if (link && !stops.length) {
    link.click();
    return true;
  }
  const now = stops.findIndex(
    stop => stop.contains(document.activeElement) || stop === titleHere()
  );
  const next =
    stops[Math.min(Math.max(now < 0 ? (by > 0 ? 0 : -1) : now + by, 0), stops.length - 1)];
  next?.focus({ preventScroll: true });
  next?.scrollIntoView({ block: 'nearest', behavior: 'instant' });
  return Boolean(next);
}

const titleHere = (): Element | null => here()?.querySelector(':scope > .row .title') ?? null;

function note(): boolean {
  const line = here();
  const form = document.querySelector<HTMLDetailsElement>('main > .record .add-note');
  if (line && document.querySelector('.story[data-notes]')) {
    writeNote(line);
  } else if (form) {
    form.open = true;
    form.querySelector('textarea')?.focus();
  } else {
    return false;
  }
  return true;
}

function changes(): boolean {
  const link =
    here()?.querySelector<HTMLAnchorElement>('a[data-key=d]') ??
    document.querySelector<HTMLAnchorElement>(
      'main > .record a[data-key=d], main > .actions a[data-key=d]'
    );
  const line = here();
  if (link) {
    link.click();
  } else if (line) {
    location.assign(`${line.querySelector<HTMLAnchorElement>('.title')?.href}/diff`);
  }
  return Boolean(link ?? line);
}

function help(): boolean {
  const dialog = document.querySelector<HTMLDialogElement>('dialog.keys');
  dialog?.showModal();
  return Boolean(dialog);
}

function back(): boolean {
  const line = here();
  if (line && close(line)) {
    line.querySelector<HTMLElement>(':scope > .row .title')?.focus();
    return true;
  }
  const crumbs = document.querySelectorAll<HTMLAnchorElement>('header.top nav a');
  crumbs[crumbs.length - 1]?.click();
  return crumbs.length > 0;
}
