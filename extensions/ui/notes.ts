import type { NoteKind } from './types';

/** What a note can be, in the words people see. */
export const NOTE_KINDS: readonly { kind: NoteKind; label: string; placeholder: string }[] = [
  { kind: 'why', label: 'Why', placeholder: 'Why this, and why now' },
  { kind: 'dead-end', label: 'Dead end', placeholder: 'What was tried, and what it showed' },
  { kind: 'decision', label: 'Decision', placeholder: 'What was decided, and on which grounds' },
  { kind: 'note', label: 'Note', placeholder: 'What the next reader should know' }
];

export interface INoteFormOptions {
  kind?: NoteKind;
  text?: string;
  onSave: (kind: NoteKind, text: string) => Promise<unknown>;
  onCancel: () => void;
  /** Words of the host, when it has a language of its own. */
  translate?: (words: string) => string;
}

let forms = 0;

/** A small form: the kind, the words, save with Ctrl+Enter, leave with Esc. */
export function noteForm(options: INoteFormOptions): HTMLFormElement {
  const say = options.translate ?? (words => words);
  const form = document.createElement('form');
  form.className = 'tb-note-form';
  const kinds = document.createElement('fieldset');
  const text = document.createElement('textarea');
  text.name = 'text';
  text.required = true;
  text.maxLength = 10_000;
  text.value = options.text ?? '';
  text.setAttribute('aria-label', say('Note'));
  const group = `tb-note-kind-${(forms += 1)}`;
  for (const { kind, label, placeholder } of NOTE_KINDS) {
    const choice = radio(group, kind, say(label), kind === (options.kind ?? 'why'));
    const show = (): void => {
      text.placeholder = say(placeholder);
    };
    choice.input.addEventListener('change', show);
    if (choice.input.checked) {
      show();
    }
    kinds.append(choice.label);
  }
  const trouble = document.createElement('p');
  trouble.setAttribute('role', 'alert');
  trouble.className = 'tb-trouble';
  trouble.hidden = true;
  const buttons = document.createElement('div');
  buttons.className = 'tb-buttons';
  const save = button('submit', say('Save'), 'tb-button tb-primary');
  const cancel = button('button', say('Cancel'), 'tb-button');
  cancel.onclick = options.onCancel;
  buttons.append(save, cancel);
  form.append(kinds, text, trouble, buttons);
  form.onkeydown = event => {
    event.stopPropagation();
    if (event.key === 'Escape') {
      options.onCancel();
    } else if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
      form.requestSubmit();
    }
  };
  form.onsubmit = event => {
    event.preventDefault();
    save.disabled = true;
    const kind = form.querySelector<HTMLInputElement>('input:checked')?.value as NoteKind;
    options.onSave(kind, text.value.trim()).catch((reason: unknown) => {
      trouble.hidden = false;
      trouble.textContent = reason instanceof Error ? reason.message : String(reason);
      save.disabled = false;
    });
  };
  return form;
}

function radio(
  group: string,
  value: string,
  words: string,
  checked: boolean
): { label: HTMLLabelElement; input: HTMLInputElement } {
  const label = document.createElement('label');
  const input = document.createElement('input');
  input.type = 'radio';
  input.name = group;
  input.value = value;
  input.checked = checked;
  label.append(input, ` ${words}`);
  return { label, input };
}

function button(type: 'submit' | 'button', words: string, className: string): HTMLButtonElement {
  const made = document.createElement('button');
  made.type = type;
  made.className = className;
  made.textContent = words;
  return made;
}
