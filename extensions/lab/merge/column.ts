import type { IEditorServices } from '@jupyterlab/codeeditor';
import type { ICell, INotebookContent } from '@jupyterlab/nbformat';
import { NotebookModel, type NotebookPanel, StaticNotebook } from '@jupyterlab/notebook';
import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { Panel, Widget } from '@lumino/widgets';

export interface IColumnOptions {
  contentFactory: NotebookPanel.IContentFactory;
  editorServices: IEditorServices;
  /** A registry under which nothing of other people's outputs runs here. */
  rendermime: IRenderMimeRegistry;
}

/** Some cells of a notebook under a heading, with their outputs; nothing of it is trusted. */
export class Column extends Panel {
  constructor(
    heading: string,
    cells: ICell[],
    around: INotebookContent,
    { contentFactory, editorServices, rendermime, readOnly }: IColumnOptions & { readOnly: boolean }
  ) {
    super();
    this.addClass('trailbook-MergeColumn');
    const head = new Widget({ node: document.createElement('h3') });
    head.node.textContent = heading;
    this.addWidget(head);
    const { code, markdown, raw } = StaticNotebook.defaultEditorConfig;
    const notebook = new StaticNotebook({
      contentFactory,
      mimeTypeService: editorServices.mimeTypeService,
      rendermime,
      editorConfig: {
        code: { ...code, readOnly },
        markdown: { ...markdown, readOnly },
        raw: { ...raw, readOnly }
      },
      notebookConfig: { ...StaticNotebook.defaultNotebookConfig, windowingMode: 'none' }
    });
    this.model.fromJSON({ ...around, cells });
    notebook.model = this.model;
    notebook.disposed.connect(() => this.model.dispose());
    this.addWidget(notebook);
  }

  /** The cells as they are now. */
  cells(): ICell[] {
    return this.model.toJSON().cells;
  }

  private readonly model = new NotebookModel();
}
