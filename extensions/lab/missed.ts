import type { IMimeBundle, IOutput, MultilineString } from '@jupyterlab/nbformat';
import { JSONExt, type PartialJSONValue } from '@lumino/coreutils';

/** A cell, as the notebook shows it or as a run has left it. */
export interface ICellState {
  source: string;
  outputs: IOutput[];
}

/**
 * How many outputs of a cell's last run the notebook does not show.
 *
 * `asBefore` says that the cell is what it was before the run went on, so that all which differs
 * came later. Otherwise only a cell that shows the beginning of the run lacks the rest: what
 * else it shows may be newer.
 */
export function missing(shown: ICellState, run: ICellState, asBefore: boolean): number {
  if (shown.source !== run.source) {
    return 0;
  }
  const alike = beginning(shown.outputs, run.outputs);
  if (alike === run.outputs.length) {
    return 0;
  }
  return asBefore || isBeginning(shown.outputs, run.outputs, alike)
    ? run.outputs.length - alike
    : 0;
}

/** Whether a cell still is what it was. */
export function isAsBefore(shown: ICellState, before: ICellState | undefined): boolean {
  return (
    before !== undefined &&
    shown.source === before.source &&
    shown.outputs.length === before.outputs.length &&
    beginning(shown.outputs, before.outputs) === before.outputs.length
  );
}

/** A text of a notebook's file, which may be cut into lines. */
export function joined(text: MultilineString): string {
  return Array.isArray(text) ? text.join('') : text;
}

/** How many outputs are the same from the start. */
function beginning(shown: IOutput[], recorded: IOutput[]): number {
  const differs = recorded.findIndex((output, n) => !isSame(shown[n], output));
  return differs < 0 ? recorded.length : differs;
}

/** Whether everything shown is the start of the record; a stream may be cut anywhere. */
function isBeginning(shown: IOutput[], recorded: IOutput[], alike: number): boolean {
  const [cut, ...more] = shown.slice(alike);
  return (
    cut === undefined ||
    (more.length === 0 &&
      isStreamOf(cut, recorded[alike]) &&
      textOf(recorded[alike]).startsWith(textOf(cut)))
  );
}

/** Metadata aside: a kernel and a notebook may differ there about one and the same thing. */
function isSame(shown: IOutput | undefined, recorded: IOutput): boolean {
  if (shown?.output_type !== recorded.output_type) {
    return false;
  }
  switch (recorded.output_type) {
    case 'stream':
      return isStreamOf(shown, recorded) && textOf(shown) === textOf(recorded);
    case 'error':
      return shown.ename === recorded.ename && traceback(shown) === traceback(recorded);
    default:
      return JSONExt.deepEqual(parts(shown), parts(recorded));
  }
}

function isStreamOf(shown: IOutput, recorded: IOutput): boolean {
  return (
    shown.output_type === 'stream' &&
    recorded.output_type === 'stream' &&
    shown.name === recorded.name
  );
}

/** White space at the end is what a progress bar leaves, or does not. */
function textOf(stream: IOutput): string {
  return joined(stream.text as MultilineString).trimEnd();
}

function traceback(error: IOutput): string {
  return ((error.traceback as string[] | undefined) ?? []).join('\n');
}

function parts(output: IOutput): PartialJSONValue {
  const data = (output.data ?? {}) as IMimeBundle;
  return Object.fromEntries(
    Object.entries(data).map(([mime, value]) => {
      const text = isText(value) ? joined(value) : value;
      const isImage = typeof text === 'string' && mime.startsWith('image/');
      return [mime, isImage ? text.replace(/\s/g, '') : text];
    })
  );
}

function isText(value: unknown): value is MultilineString {
  return (
    typeof value === 'string' ||
    (Array.isArray(value) && value.every(line => typeof line === 'string'))
  );
}
