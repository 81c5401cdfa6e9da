/** Fields in which Markdown is written: a preview, and Ctrl+Enter for the form's first button. */
import { element, pressButton } from '../../extensions/ui/element';
import { address, ask } from './host';

/** Markdown as the page shows it: made and sanitised by the server. */
export async function rendered(text: string): Promise<DocumentFragment> {
  const body = new URLSearchParams({ text });
  const response = await ask(address('markdown'), { method: 'POST', body });
  const made = document.createElement('template');
  if (response.ok) {
    made.innerHTML = await response.text();
  } else {
    made.content.append(text);
  }
  return made.content;
}

/** Give every field below `root` its preview and its key. */
export function tendFields(root: ParentNode): void {
  for (const field of root.querySelectorAll<HTMLTextAreaElement>('textarea[data-markdown]')) {
    field.addEventListener('keydown', event => {
      if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
        event.preventDefault();
        field.form?.requestSubmit(field.form.querySelector<HTMLButtonElement>('button[name]'));
      }
    });
    const shown = element('div', 'tb-preview prose');
    shown.hidden = true;
    const preview = pressButton('Preview', 'tb-button tb-link', async () => {
      shown.hidden = false;
      shown.replaceChildren(await rendered(field.value));
    });
    preview.classList.add('preview');
    field.after(preview, shown);
  }
}
