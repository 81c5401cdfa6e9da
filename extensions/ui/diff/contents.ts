import type { IOutput } from '@jupyterlab/nbformat';
import { htmlTables } from './tableparsing';
import type { ITable } from './tables';

export const IMAGE_TYPES = ['image/png', 'image/jpeg', 'image/gif', 'image/webp'] as const;

/** What of an output is compared. */
export type IContent =
  | { kind: 'image'; mime: string; base64: string }
  | { kind: 'tables'; mime: string; tables: ITable[] }
  | { kind: 'text'; mime: string; text: string; error: string | null }
  /** A page, a drawing or a script: to be seen in its frame, and not to be compared. */
  | { kind: 'frame'; mime: string };

/** Of what an output offers, this is shown, the first that it has. */
const RENDERED = ['image/svg+xml', 'application/javascript', 'text/javascript'];
const WRITTEN = ['text/markdown', 'text/latex', 'text/plain'];

/** What is to be compared of an output. */
export function contentOf(output: IOutput): IContent {
  if (output.output_type === 'stream') {
    return written('text/plain', readable(asText(output.text)));
  }
  if (output.output_type === 'error') {
    const traceback = Array.isArray(output.traceback) ? output.traceback.join('\n') : '';
    const name = asText(output.ename);
    const text = readable(traceback) || `${name}: ${asText(output.evalue)}`;
    return { kind: 'text', mime: 'text/plain', text, error: name };
  }
  return ofBundle(bundleOf(output));
}

/** The MIME parts of an output. */
export function bundleOf(output: IOutput): Record<string, unknown> {
  const { data } = output as { data?: unknown };
  return typeof data === 'object' && data !== null ? (data as Record<string, unknown>) : {};
}

/** Text as notebooks keep it: one string, or a list of lines. */
export const asText = (value: unknown): string =>
  Array.isArray(value) ? value.join('') : typeof value === 'string' ? value : '';

function ofBundle(bundle: Record<string, unknown>): IContent {
  const image = IMAGE_TYPES.find(mime => mime in bundle);
  if (image) {
    return { kind: 'image', mime: image, base64: asText(bundle[image]).replace(/\s/g, '') };
  }
  if ('text/html' in bundle) {
    const tables = htmlTables(asText(bundle['text/html']));
    return tables
      ? { kind: 'tables', mime: 'text/html', tables }
      : { kind: 'frame', mime: 'text/html' };
  }
  const frame = RENDERED.find(mime => mime in bundle);
  if (frame) {
    return { kind: 'frame', mime: frame };
  }
  const mime = WRITTEN.find(each => each in bundle);
  if (mime) {
    return written(mime, readable(asText(bundle[mime])));
  }
  const other = Object.keys(bundle)[0] ?? 'text/plain';
  const value = bundle[other];
  const text = asText(value) || (value === undefined ? '' : JSON.stringify(value, null, 2));
  return written(other, text);
}

const written = (mime: string, text: string): IContent => ({
  kind: 'text',
  mime,
  text,
  error: null
});

/** CSI and OSC sequences of a terminal, and other control characters that say nothing on a page. */
const CONTROLS = new RegExp(
  '\\u001b\\[[0-?]*[ -/]*[@-~]|\\u001b\\][^\\u0007\\u001b]*(?:\\u0007|\\u001b\\\\)?|\\u001b.' +
    '|[\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f]',
  'g'
);

/** What a terminal would have shown in the end: no colours, of a line written over the last. */
function readable(text: string): string {
  const plain = text.replace(/\r\n/g, '\n').replace(CONTROLS, '');
  return plain.includes('\r')
    ? plain.replace(/[^\n]*\r(?=[^\n\r])/g, '').replace(/\r/g, '')
    : plain;
}
