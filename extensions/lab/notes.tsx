import type { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';
import { noteForm } from '../ui/notes';
import type { INote, NoteKind } from '../ui/types';
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

/** The form that both hosts share, kept in React's hands: it is made once per step. */
export function NoteForm({ step, trail, onDone }: INoteFormProps): JSX.Element {
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
