import type { Dialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { Widget } from '@lumino/widgets';
import type { INotebook } from '../ui/types';
import { moment } from './times';

/** A choice among deleted notebooks; the latest is chosen first. */
export class DeletedList extends Widget implements Dialog.IBodyWidget<INotebook | null> {
  constructor(
    private readonly notebooks: INotebook[],
    pathOf: (notebook: INotebook) => string,
    trans: TranslationBundle
  ) {
    super();
    this.addClass('trailbook-ChoiceList');
    this.addClass('trailbook-DeletedList');
    this.node.setAttribute('role', 'radiogroup');
    this.node.setAttribute('aria-label', trans.__('Deleted notebooks'));
    for (const [n, notebook] of notebooks.entries()) {
      const label = document.createElement('label');
      const radio = document.createElement('input');
      radio.type = 'radio';
      radio.name = 'trailbook-deleted';
      radio.value = notebook.id;
      radio.checked = n === 0;
      const path = document.createElement('span');
      path.textContent = pathOf(notebook);
      const facts = document.createElement('span');
      facts.className = 'trailbook-quiet';
      facts.textContent = [
        trans.__('deleted %1', moment(notebook.deleted_at ?? 0, trans)),
        trans._n('%1 run', '%1 runs', notebook.runs, notebook.runs),
        trans._n('%1 version', '%1 versions', notebook.versions, notebook.versions)
      ].join(' · ');
      label.append(radio, path, facts);
      this.node.append(label);
    }
  }

  getValue(): INotebook | null {
    const chosen = this.node.querySelector<HTMLInputElement>('input:checked');
    return this.notebooks.find(({ id }) => id === chosen?.value) ?? null;
  }
}
