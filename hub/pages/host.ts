import { TrailbookClient } from '../../extensions/ui/client';

const pages = document.body.dataset.pages ?? '/';

/** An address of the reader. */
export const address = (path: string): string => pages + path;

/** The token that every form carries, for writes by script. */
function xsrf(): string {
  const field = document.querySelector<HTMLTemplateElement>('#form-field');
  return field?.content.querySelector('input')?.value ?? '';
}

export const client = new TrailbookClient((path, init) => {
  const headers = new Headers(init.headers);
  if (init.method && init.method !== 'GET') {
    headers.set('X-XSRFToken', xsrf());
  }
  return fetch(address(`api/${path}`), { ...init, headers, credentials: 'same-origin' });
});

/** A piece of a page, made by the server; signs in again when that has run out. */
export async function piece(path: string): Promise<DocumentFragment> {
  const response = await fetch(address(path), { credentials: 'same-origin' });
  if (response.redirected) {
    location.reload();
  }
  if (!response.ok) {
    throw new Error(`The server answered ${response.status} ${response.statusText}`.trim());
  }
  const template = document.createElement('template');
  template.innerHTML = await response.text();
  return template.content;
}
