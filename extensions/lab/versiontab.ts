import type { IEditorServices } from '@jupyterlab/codeeditor';
import type { INotebookContent } from '@jupyterlab/nbformat';
import { NotebookModel, type NotebookPanel, StaticNotebook } from '@jupyterlab/notebook';
import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { Panel, Widget } from '@lumino/widgets';

export interface IVersionOptions {
  contentFactory: NotebookPanel.IContentFactory;
  editorServices: IEditorServices;
  rendermime: IRenderMimeRegistry;
}

/** A notebook as it was, to read: no kernel, no saving, nothing of it trusted. */
export function versionView(
  content: INotebookContent,
  sentence: string,
  options: IVersionOptions
): Panel {
  const { code, markdown, raw } = StaticNotebook.defaultEditorConfig;
  const readOnly = { readOnly: true };
  const notebook = new StaticNotebook({
    contentFactory: options.contentFactory,
    mimeTypeService: options.editorServices.mimeTypeService,
    rendermime: options.rendermime,
    editorConfig: {
      code: { ...code, ...readOnly },
      markdown: { ...markdown, ...readOnly },
      raw: { ...raw, ...readOnly }
    },
    // Old versions are read from top to bottom, and searched by the browser.
    notebookConfig: { ...StaticNotebook.defaultNotebookConfig, windowingMode: 'none' }
  });
  notebook.addClass('trailbook-VersionView');
  const model = new NotebookModel();
  model.fromJSON(content);
  notebook.model = model;
  notebook.disposed.connect(() => model.dispose());
  const head = new Widget({ node: document.createElement('p') });
  head.addClass('trailbook-VersionView-head');
  head.node.textContent = sentence;
  const panel = new Panel();
  panel.addClass('trailbook-VersionTab');
  panel.addWidget(head);
  panel.addWidget(notebook);
  return panel;
}
