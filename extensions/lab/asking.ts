import { Widget } from '@lumino/widgets';

/** A button of a dialog beside the one that is suggested. */
export const SECOND = 'trailbook-mod-second';
/** The same, for what cannot be wanted by mistake. */
export const DANGER = `${SECOND} trailbook-mod-danger`;

/** A dialog's sentences; four buttons need room beside each other. */
export function wideBody(words: string): Widget {
  const body = new Widget();
  body.addClass('trailbook-WideDialog');
  body.node.textContent = words;
  return body;
}
