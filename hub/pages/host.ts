import { type Requester, TrailbookClient } from '../../extensions/ui/client';
import { ReviewClient } from '../../extensions/ui/reviews';

const pages = document.body.dataset.pages ?? '/';

/** An address of the reader. */
export const address = (path: string): string => pages + path;

/** Ask the service as the page's reader; the hub wants its token even for reading by script. */
export function ask(url: string, init: RequestInit = {}): Promise<Response> {
  const field = document.querySelector<HTMLTemplateElement>('#form-field');
  const headers = new Headers(init.headers);
  headers.set('X-XSRFToken', field?.content.querySelector('input')?.value ?? '');
  return fetch(url, { ...init, headers, credentials: 'same-origin' });
}

const askApi: Requester = (path, init) => ask(address(`api/${path}`), init);

export const client = new TrailbookClient(askApi);

export const reviews = new ReviewClient(askApi);

/** A piece of a page, made by the server; signs in again when that has run out. */
export async function piece(path: string): Promise<DocumentFragment> {
  const response = await ask(address(path));
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
