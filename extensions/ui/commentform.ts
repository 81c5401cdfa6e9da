import type { Translate } from './discussionwords';
import { element, pressButton } from './element';

/** What the form was sent with. */
export interface IWritten {
  text: string;
  suggestion: string | null;
  draft: boolean;
}

export interface ICommentFormOptions {
  /** What the field is for, for who does not see it. */
  label: string;
  text?: string;
  /** What stands there now; with it a change of it can be suggested. */
  source?: string | null;
  /** A suggestion that is there already. */
  suggestion?: string | null;
  /** The buttons: keep a draft, and send; or one that saves what was there. */
  saves: 'draft-first' | 'send-first' | 'change';
  onSave: (written: IWritten) => Promise<unknown>;
  onCancel: () => void;
  /** Draws the text as it will look; without it there is no preview. */
  preview?: (text: string) => Promise<Node>;
  translate?: Translate;
}

const MOST = 20_000;

/** A form for a comment: Ctrl+Enter keeps it, Esc leaves it; what was typed survives a failure. */
export function commentForm(options: ICommentFormOptions): HTMLFormElement {
  const say = options.translate ?? (words => words);
  const form = element('form', 'tb-comment-form');
  const text = field(say(options.label), options.text ?? '');
  text.placeholder = say('Markdown. @name tells somebody.');
  const trouble = element('p', 'tb-trouble');
  trouble.setAttribute('role', 'alert');
  trouble.hidden = true;
  const suggested = suggestionField(options, say);
  const shown = element('div', 'tb-preview prose');
  shown.hidden = true;
  const buttons = element('div', 'tb-buttons');
  const send = async (draft: boolean): Promise<void> => {
    const written = { text: text.value.trim(), suggestion: suggested.value(), draft };
    if (!written.text && written.suggestion === null) {
      text.focus();
      return;
    }
    const all = Array.from(buttons.querySelectorAll('button'));
    all.forEach(button => (button.disabled = true));
    try {
      await options.onSave(written);
    } catch (reason) {
      trouble.hidden = false;
      trouble.textContent = reason instanceof Error ? reason.message : String(reason);
    }
    all.forEach(button => (button.disabled = false));
  };
  const first = options.saves !== 'send-first';
  const primary = options.saves === 'change' ? 'Save' : first ? 'Keep as a draft' : 'Answer';
  buttons.append(pressButton(say(primary), 'tb-button tb-primary', () => send(first)));
  if (options.saves !== 'change') {
    const other = first ? 'Send now' : 'Keep as a draft';
    buttons.append(pressButton(say(other), 'tb-button', () => send(!first)));
  }
  buttons.append(...suggested.buttons);
  if (options.preview) {
    const { preview } = options;
    buttons.append(
      pressButton(say('Preview'), 'tb-button tb-link', async () => {
        shown.hidden = false;
        shown.replaceChildren(await preview(text.value));
      })
    );
  }
  buttons.append(pressButton(say('Cancel'), 'tb-button tb-link', options.onCancel));
  form.append(text, suggested.node, shown, trouble, buttons);
  form.onkeydown = event => {
    event.stopPropagation();
    if (event.key === 'Escape') {
      options.onCancel();
    } else if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
      void send(first);
    }
  };
  form.onsubmit = event => event.preventDefault();
  return form;
}

function field(label: string, value: string): HTMLTextAreaElement {
  const text = element('textarea', '');
  text.maxLength = MOST;
  text.rows = 3;
  text.dir = 'auto';
  text.value = value;
  text.setAttribute('aria-label', label);
  return text;
}

interface ISuggestionField {
  node: HTMLElement;
  buttons: HTMLElement[];
  value: () => string | null;
}

/** The field in which a change of the source is written, behind a button until it is wanted. */
function suggestionField(options: ICommentFormOptions, say: Translate): ISuggestionField {
  const node = element('div', 'tb-suggest');
  const { source, suggestion } = options;
  if (source === undefined || source === null) {
    return { node, buttons: [], value: () => suggestion ?? null };
  }
  const code = field(say('Suggested source'), suggestion ?? source);
  code.className = 'tb-code';
  code.spellcheck = false;
  code.removeAttribute('maxlength');
  node.append(element('p', 'tb-quiet', say('Write it as you would have it:')), code);
  node.hidden = suggestion === undefined || suggestion === null;
  const open = pressButton(say('Suggest a change'), 'tb-button tb-link', () => {
    node.hidden = !node.hidden;
    open.setAttribute('aria-expanded', String(!node.hidden));
    (node.hidden ? open : code).focus();
  });
  open.setAttribute('aria-expanded', String(!node.hidden));
  return {
    node,
    buttons: [open],
    value: () => (node.hidden || code.value === source ? null : code.value)
  };
}
