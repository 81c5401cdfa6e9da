import type { CodeEditor } from '@jupyterlab/codeeditor';
import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { Panel, Widget } from '@lumino/widgets';
import { diffWidgets } from '../ui/diff';
import type { IDiff } from '../ui/types';
import type { IChoice, IDiffWords } from './reading';
import type { ITrail } from './trail';

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
  const diff = diffWidgets(data, { rendermime, editorFactory, translator: trail.translator });
  const { added, deleted, changed, total } = diff.count;
  const head = new Widget({ node: document.createElement('p') });
  head.addClass('trailbook-DiffTab-head');
  head.node.textContent =
    added + deleted + changed === 0
      ? `${options.sentence} ${trail.trans.__('Nothing changed.')}`
      : `${options.sentence} ${trail.trans.__(
          '%1 of %2 cells changed, %3 added, %4 removed.',
          changed,
          total,
          added,
          deleted
        )}`;
  panel.addWidget(head);
  if (options.choices) {
    panel.addWidget(choiceButtons(options.choices));
  }
  if (data.coarse) {
    const coarse = new Widget({ node: document.createElement('p') });
    coarse.addClass('trailbook-quiet');
    coarse.node.textContent = trail.trans.__(
      'The exact comparison took too long: changed cells are compared as a whole.'
    );
    panel.addWidget(coarse);
  }
  diff.addClass('nbdime-Widget');
  panel.addWidget(diff);
  return panel;
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
