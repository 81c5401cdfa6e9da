import type { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';
import { noteForm } from '../ui/notes';
import type { INote, NoteKind } from '../ui/types';
import { readerUrl } from './server';
import type { ITrail } from './trail';

/** One note, as a line under its step. */
export function NoteLine({ note, trans }: { note: INote; trans: TranslationBundle }): JSX.Element {
  return (
    <p className={`trailbook-Note trailbook-mod-${note.kind}`}>
      <b>{kindWords(note.kind, trans)}</b> {note.text}{' '}
      <span className="trailbook-quiet">{note.author}</span>
    </p>
  );
}

function kindWords(kind: NoteKind, trans: TranslationBundle): string {
  const words: Record<NoteKind, string> = {
    why: trans.__('Why'),
    'dead-end': trans.__('Dead end'),
    decision: trans.__('Decision'),
    note: trans.__('Note')
  };
  return words[kind];
}

export interface INoteFormProps {
  step: string;
  trail: ITrail;
  onDone: () => void;
}

/** Where a note is written: here, or on a server that is everybody's, the way to the reader. */
export function NoteForm(props: INoteFormProps): JSX.Element {
  const reader = readerUrl();
  return reader && props.trail.server.isProjects() ? (
    <Elsewhere {...props} reader={reader} />
  ) : (
    <OwnForm {...props} />
  );
}

function Elsewhere({
  step,
  trail,
  onDone,
  reader
}: INoteFormProps & { reader: string }): JSX.Element {
  const { trans } = trail;
  const link = React.useRef<HTMLAnchorElement>(null);
  React.useEffect(() => link.current?.focus(), [step]);
  return (
    <div className="trailbook-NoteForm">
      <p>{trans.__('A note carries your name, and this server is the whole project’s.')}</p>
      <div className="tb-buttons">
        <a ref={link} href={`${reader}steps/${step}`} target="_blank" rel="noreferrer">
          {trans.__('Write it in the reader')}
        </a>
        <button type="button" onClick={onDone}>
          {trans.__('Cancel')}
        </button>
      </div>
    </div>
  );
}

/** The form that both hosts share, kept in React's hands: it is made once per step. */
function OwnForm({ step, trail, onDone }: INoteFormProps): JSX.Element {
  const place = React.useRef<HTMLDivElement>(null);
  const done = React.useRef(onDone);
  done.current = onDone;
  React.useEffect(() => {
    const form = noteForm({
      onSave: async (kind, text) => {
        await trail.client.addNote(step, kind, text);
        trail.announceChange(step);
        done.current();
      },
      onCancel: () => done.current(),
      translate: words => trail.trans.__(words)
    });
    place.current?.replaceChildren(form);
    form.querySelector('textarea')?.focus();
  }, [step, trail]);
  return <div ref={place} className="trailbook-NoteForm" />;
}
