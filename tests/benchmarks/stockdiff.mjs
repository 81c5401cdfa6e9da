/** nbdime's own widget, drawn as its web page does, for the benchmark of the diff page. */
import { Sanitizer } from '@jupyterlab/apputils';
import { RenderMimeRegistry, standardRendererFactories } from '@jupyterlab/rendermime';
import { Widget } from '@lumino/widgets';
import { createEditorFactory } from 'nbdime/lib/common/editor';
import { NotebookDiffModel } from 'nbdime/lib/diff/model/notebook';
import { NotebookDiffWidget } from 'nbdime/lib/diff/widget/notebook';

async function stock(address) {
  const data = await (await fetch(address)).json();
  const began = performance.now();
  const host = document.getElementById('diff');
  host.replaceChildren();
  let first = 0;
  const seen = new MutationObserver(() => {
    if (!first && host.querySelector('.jp-Diff-twoway .cm-content')) {
      first = performance.now() - began;
    }
  });
  seen.observe(host, { childList: true, subtree: true });
  const rendermime = new RenderMimeRegistry({
    initialFactories: standardRendererFactories,
    sanitizer: new Sanitizer()
  });
  const model = new NotebookDiffModel(data.base, data.diff);
  const widget = new NotebookDiffWidget({
    model,
    rendermime,
    editorFactory: createEditorFactory(),
    collapseIdentical: true
  });
  Widget.attach(widget, host);
  await widget.init();
  return { first, all: performance.now() - began };
}

Object.assign(window, { stock });
