import {
  ILayoutRestorer,
  type JupyterFrontEnd,
  type JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { IEditorServices } from '@jupyterlab/codeeditor';
import { IMainMenu } from '@jupyterlab/mainmenu';
import {
  INotebookTracker,
  type Notebook,
  NotebookActions,
  NotebookPanel
} from '@jupyterlab/notebook';
import { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import type { Widget } from '@lumino/widgets';
import { Actions } from './actions';
import { CommandIDs } from './commandids';
import { addCommands } from './commands';
import { HistoryModel } from './history';
import { HistoryPanel } from './panel';
import { IReading, Reading } from './reading';
import { lastRestore } from './restore';
import { ITrail } from './trail';

/** The panel on the right, and everything that can be done with a step. */
export const historyPlugin: JupyterFrontEndPlugin<IReading> = {
  id: 'trailbook:history',
  description: 'Lists the steps of the notebook in front; opens, compares and restores them.',
  autoStart: true,
  provides: IReading,
  requires: [
    ITrail,
    INotebookTracker,
    IEditorServices,
    IRenderMimeRegistry,
    NotebookPanel.IContentFactory
  ],
  optional: [ICommandPalette, IMainMenu, ILayoutRestorer],
  activate: (
    app: JupyterFrontEnd,
    trail: ITrail,
    tracker: INotebookTracker,
    editorServices: IEditorServices,
    labRendermime: IRenderMimeRegistry,
    contentFactory: NotebookPanel.IContentFactory,
    palette: ICommandPalette | null,
    menu: IMainMenu | null,
    restorer: ILayoutRestorer | null
  ): IReading => {
    const { commands, shell } = app;
    const model = new HistoryModel(trail);
    const reading = new Reading({
      trail,
      shell,
      commands,
      editorServices,
      labRendermime,
      contentFactory
    });
    const actions = new Actions({
      trail,
      model,
      reading,
      activate: notebook => {
        shell.activateById(notebook.id);
        notebook.content.activate();
      }
    });
    const panel = new HistoryPanel({ trail, model, commands });
    addCommands({ app, trail, tracker, actions, model, panel });
    shell.add(panel, 'right', { rank: 200 });
    restorer?.add(panel, panel.id);
    follow(model, tracker);
    trail.changed.connect(() => model.lookSoon());
    const category = trail.trans.__('Notebook History');
    for (const command of PALETTE) {
      palette?.addItem({ command, category });
    }
    menu?.viewMenu.addGroup([{ command: CommandIDs.show }], 10);
    menu?.editMenu.undoers.undo.add({
      id: CommandIDs.undoRestore,
      isEnabled: widget => undoesRestore(widget),
      rank: 1
    });
    return reading;
  }
};

const PALETTE = [
  CommandIDs.show,
  CommandIDs.diffNow,
  CommandIDs.openVersion,
  CommandIDs.restore,
  CommandIDs.restoreCell,
  CommandIDs.undoRestore,
  CommandIDs.addNote,
  CommandIDs.pause,
  CommandIDs.resume
];

/** The panel follows the notebook in front, and looks when something ran in it. */
function follow(model: HistoryModel, tracker: INotebookTracker): void {
  model.follow(tracker.currentWidget);
  tracker.currentChanged.connect((_, panel) => model.follow(panel));
  const ran = (_: unknown, { notebook }: { notebook: Notebook }): void => {
    if (notebook === model.panel?.content) {
      model.lookSoon();
    }
  };
  NotebookActions.executionScheduled.connect(ran);
  NotebookActions.executed.connect(ran);
}

/**
 * Whether Undo means the restore: it was the last change of the document as a whole, and the
 * active cell has no typing of its own to take back first.
 */
function undoesRestore(widget: Widget): boolean {
  if (!(widget instanceof NotebookPanel)) {
    return false;
  }
  const typed = widget.content.activeCell?.model.sharedModel.canUndo() ?? false;
  return (lastRestore(widget)?.isNext ?? false) && !typed;
}
