/** The island of every page: times, keys, records that open in place, the look. */
import { isDark } from '../../extensions/ui/frame';
import { listenForKeys } from './keys';
import { lineOf, settle, showAddressed, toggle, writeNote } from './records';

function openInPlace(event: MouseEvent): void {
  const target = event.target as Element;
  const adding = target.closest('.add-note > summary');
  const line = lineOf(target);
  if (adding && line) {
    event.preventDefault();
    writeNote(line);
    return;
  }
  const plain = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey;
  if (line && plain && target.closest('.row') && !target.closest('.marks a')) {
    event.preventDefault();
    void toggle(line);
  }
}

function offerTheme(): void {
  const button = document.querySelector<HTMLButtonElement>('[data-theme-toggle]');
  if (button) {
    button.hidden = false;
    button.onclick = () => {
      const theme = isDark() ? 'light' : 'dark';
      document.documentElement.dataset.theme = theme;
      localStorage.setItem('trailbook-theme', theme);
    };
  }
}

settle(document);
listenForKeys();
offerTheme();
showAddressed();
document
  .querySelector('.story')
  ?.addEventListener('click', event => openInPlace(event as MouseEvent));
window.addEventListener('hashchange', showAddressed);
