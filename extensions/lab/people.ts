import type { TranslationBundle } from '@jupyterlab/translation';
import type { ISnapshot, IStep } from '../ui/types';

/** Who: of a shared document all who changed it, else its author; empty when nobody is known. */
export function people(
  { author, editors }: Pick<IStep | ISnapshot, 'author' | 'editors'>,
  trans: TranslationBundle
): string {
  const named = editors?.length ? editors.map(editor => editor.author) : author ? [author] : [];
  return named.map(name => name ?? trans.__('somebody')).join(', ');
}
