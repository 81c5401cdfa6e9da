/** The form for a new thread below a cell: about the cell, lines of its source, or an output. */
import { commentForm } from '../../extensions/ui/commentform';
import type { IDiffCell, Side } from '../../extensions/ui/diff';
import { element } from '../../extensions/ui/element';
import type { INewAnchor, IReviewedCell, IThread } from '../../extensions/ui/types';
import { reviews } from './host';
import { rendered } from './markdownfields';
import type { Board } from './reviewboard';
import type { IComparison } from './reviewplaces';

/** What the new thread is to be about; nothing named is the cell. */
export interface ISubject {
  side?: Side;
  first?: number;
  last?: number;
  output?: number;
  /** What the output says, as far as it is quoted. */
  quote?: string;
}

export interface INewThreadPlace {
  board: Board;
  drawn: IComparison;
  cell: IDiffCell;
  known: IReviewedCell;
}

export interface IWritingEnds {
  done: (thread: IThread) => void;
  left: () => void;
}

/** A form that opens a thread; lines can be widened in it before it is sent. */
export function newThreadForm(
  place: INewThreadPlace,
  subject: ISubject,
  ends: IWritingEnds,
  text = ''
): HTMLElement {
  const { board, cell } = place;
  const room = element('div', 'new-thread');
  const { side = 'target', first, last = first } = subject;
  const source = cell.sources[side] ?? '';
  const lines = source.split('\n');
  const quoted = first === undefined ? source : lines.slice(first - 1, last).join('\n');
  const isOutput = subject.output !== undefined;
  room.append(
    heading(subject, lines.length, chosen => {
      const kept = room.querySelector('textarea')?.value ?? '';
      const wider = newThreadForm(place, { ...subject, ...chosen }, ends, kept);
      room.replaceWith(wider);
      wider.querySelector<HTMLInputElement>('input')?.focus();
    })
  );
  if (first !== undefined) {
    room.append(element('pre', 'tb-quote', quoted));
  } else if (subject.quote) {
    room.append(element('pre', 'tb-quote', subject.quote));
  }
  room.append(
    commentForm({
      label: 'Comment',
      text,
      source: isOutput || side === 'base' ? null : quoted,
      saves: 'draft-first',
      preview: rendered,
      onCancel: () => {
        room.remove();
        ends.left();
      },
      onSave: async comment => {
        const written = await reviews.openThread(board.review.id, {
          anchor: anchorOf(place, subject),
          comment
        });
        board.notReached(written.not_reached);
        room.remove();
        if (written.thread) {
          board.add(written.thread);
          ends.done(written.thread);
        }
      }
    })
  );
  return room;
}

function anchorOf({ drawn, cell, known }: INewThreadPlace, subject: ISubject): INewAnchor {
  const side = subject.side ?? (cell.places.target === null ? 'base' : 'target');
  const { notebook } = drawn;
  return {
    notebook: notebook.notebook,
    snapshot: side === 'base' ? drawn.base : (notebook.head?.id ?? null),
    side: side === 'base' ? 'base' : 'head',
    cell: known.number,
    ...(subject.first === undefined
      ? {}
      : { first_line: subject.first, last_line: subject.last ?? subject.first }),
    ...(subject.output === undefined ? {} : { output: subject.output, quote: subject.quote ?? '' })
  };
}

/** What it is about, in words; of lines, two numbers that can be changed. */
function heading(
  subject: ISubject,
  most: number,
  choose: (lines: { first: number; last: number }) => void
): HTMLElement {
  const before = subject.side === 'base' ? ', as it was before' : '';
  if (subject.output !== undefined) {
    return element('p', 'tb-quiet', `About output ${subject.output + 1}${before}`);
  }
  if (subject.first === undefined) {
    return element('p', 'tb-quiet', `About this cell${before}`);
  }
  const first = lineNumber('First line', subject.first, most);
  const last = lineNumber('Last line', subject.last ?? subject.first, most);
  const read = (): void => {
    const [from, to] = [first.valueAsNumber, last.valueAsNumber];
    if (from >= 1 && to >= from && to <= most) {
      choose({ first: from, last: to });
    }
  };
  first.onchange = last.onchange = read;
  return element('p', 'tb-quiet lines', 'About lines ', first, ' to ', last, before);
}

function lineNumber(label: string, value: number, most: number): HTMLInputElement {
  const input = element('input', '');
  Object.assign(input, { type: 'number', min: '1', max: String(most), value: String(value) });
  input.setAttribute('aria-label', label);
  return input;
}
