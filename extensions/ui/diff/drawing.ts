import type { CodeEditor } from '@jupyterlab/codeeditor';
import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import type { ITranslator, TranslationBundle } from '@jupyterlab/translation';
import type { IDiffSlots } from './slots';

/** What every part of a diff is drawn with. */
export interface IDrawing {
  rendermime: IRenderMimeRegistry;
  editorFactory: CodeEditor.Factory;
  translator: ITranslator;
  trans: TranslationBundle;
  /** Of the notebook's code. */
  mimetype: string;
  slots: IDiffSlots;
  /** Whether outputs are open when a cell is drawn. */
  outputsOpen: boolean;
}
