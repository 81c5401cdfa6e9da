import type { CodeEditor } from '@jupyterlab/codeeditor';
import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import type { TranslationBundle } from '@jupyterlab/translation';
import { Panel, Widget } from '@lumino/widgets';
import { DiffView } from '../ui/diff';
import type { IDiff } from '../ui/types';
import type { IChoice, IDiffWords } from './reading';
import type { ITrail } from './trail';

type ICount = DiffView['count'];

export interface IDiffTabOptions extends IDiffWords {
  trail: ITrail;
  rendermime: IRenderMimeRegistry;
  editorFactory: CodeEditor.Factory;
}

/** A notebook diff under a sentence that says what is compared and how much changed. */
export function diffView(data: IDiff, options: IDiffTabOptions): Panel {
  const { trail, rendermime, editorFactory } = options;
  const panel = new Panel();
  panel.addClass('trailbook-DiffTab');
  const diff = new DiffView(data, { rendermime, editorFactory, translator: trail.translator });
  const head = new Widget({ node: document.createElement('p') });
  head.addClass('trailbook-DiffTab-head');
  head.node.textContent = `${options.sentence} ${summary(diff.count, trail.trans)}`;
  panel.addWidget(head);
  if (options.choices) {
    panel.addWidget(choiceButtons(options.choices));
  }
  if (data.coarse) {
    const coarse = new Widget({ node: document.createElement('p') });
    coarse.addClass('trailbook-quiet');
    coarse.node.textContent = trail.trans.__(
      'Some of it is compared as a whole: in detail this pair takes too long.'
    );
    panel.addWidget(coarse);
  }
  diff.addClass('nbdime-Widget');
  panel.addWidget(diff);
  return panel;
}

/** "2 of 6 cells changed, 1 added." */
function summary(
  { added, deleted, moved, changed, total }: ICount,
  trans: TranslationBundle
): string {
  const parts = [
    changed > 0 ? trans._n('%2 of %1 cell changed', '%2 of %1 cells changed', total, changed) : '',
    added > 0 ? trans.__('%1 added', added) : '',
    deleted > 0 ? trans.__('%1 removed', deleted) : '',
    moved > 0 ? trans.__('%1 moved', moved) : ''
  ].filter(part => part !== '');
  return parts.length > 0 ? `${parts.join(', ')}.` : trans.__('Nothing changed.');
}

function choiceButtons(choices: IChoice[]): Widget {
  const row = new Widget();
  row.addClass('trailbook-Buttons');
  for (const { label, run } of choices) {
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = label;
    button.onclick = run;
    row.node.append(button);
  }
  return row;
}
