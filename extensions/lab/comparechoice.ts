import type { Dialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { Widget } from '@lumino/widgets';
import type { ISnapshot } from '../ui/types';
import { people } from './people';
import { moment } from './times';

/** A choice among the versions of a notebook, the newest first. */
export class VersionList extends Widget implements Dialog.IBodyWidget<ISnapshot | null> {
  constructor(
    private readonly versions: ISnapshot[],
    trans: TranslationBundle
  ) {
    super();
    this.addClass('trailbook-ChoiceList');
    this.node.setAttribute('role', 'radiogroup');
    this.node.setAttribute('aria-label', trans.__('Versions'));
    // The newest one mostly is the file itself.
    const first = Math.min(1, versions.length - 1);
    for (const [n, version] of versions.entries()) {
      const label = document.createElement('label');
      const radio = document.createElement('input');
      radio.type = 'radio';
      radio.name = 'trailbook-version';
      radio.value = version.id;
      radio.checked = n === first;
      const when = document.createElement('span');
      when.textContent = moment(version.at, trans);
      const facts = document.createElement('span');
      facts.className = 'trailbook-quiet';
      facts.textContent = [
        n === 0 ? trans.__('newest') : '',
        people(version, trans),
        trans._n('%1 cell', '%1 cells', version.cells, version.cells)
      ]
        .filter(words => words !== '')
        .join(' · ');
      label.append(radio, when, facts);
      this.node.append(label);
    }
  }

  getValue(): ISnapshot | null {
    const chosen = this.node.querySelector<HTMLInputElement>('input:checked');
    return this.versions.find(({ id }) => id === chosen?.value) ?? null;
  }
}
