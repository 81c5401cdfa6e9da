import type { IParticipant, IThread } from './reviewtypes';

/** Puts the host's language, when it has one, in place of the words. */
export type Translate = (words: string) => string;

export const nameOf = ({ display_name, name }: IParticipant): string => display_name || name;

/** What a thread is about, without the notebook: `Cell 7, lines 3–5`. */
export function aboutThread({ anchor, placement }: IThread): string {
  if (anchor.kind === 'review') {
    return 'The whole review';
  }
  if (anchor.kind === 'step') {
    return 'A step';
  }
  const words = [placement.place === null ? 'A cell that is gone' : `Cell ${placement.place + 1}`];
  const first = placement.first_line ?? anchor.first_line;
  const last = placement.last_line ?? anchor.last_line ?? first;
  if (anchor.kind === 'lines' && first !== null) {
    words.push(first === last ? `line ${first}` : `lines ${first}–${last}`);
  } else if (anchor.kind === 'output') {
    words.push(`output ${(placement.output ?? anchor.output ?? 0) + 1}`);
  }
  if (anchor.side === 'base') {
    words.push('as it was before');
  }
  return words.join(', ');
}

/** What has happened to a thread's place since; empty where it is as it was. */
export function doubtOf({ anchor, placement }: IThread): string {
  const [what, is] = { lines: ['These lines', 'are'], output: ['This output', 'is'] }[
    anchor.kind
  ] ?? ['The cell', 'is'];
  switch (placement.state) {
    case 'gone':
      return placement.place === null
        ? 'The cell is no longer in the notebook.'
        : `${what} ${is} gone from the cell.`;
    case 'changed':
      return `${what} changed since this was written.`;
    default:
      return '';
  }
}
