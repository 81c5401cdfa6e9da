import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { INotebookTracker, NotebookActions, type NotebookPanel } from '@jupyterlab/notebook';
import { CommandIDs } from './commandids';
import { Offer } from './missedoffer';
import { IReading } from './reading';
import { ITrail } from './trail';

/** Offers the outputs that came while nobody had the notebook open. */
export const missedPlugin: JupyterFrontEndPlugin<void> = {
  id: 'trailbook:missed-outputs',
  description: 'Offers the outputs that arrived while a notebook was closed.',
  autoStart: true,
  requires: [ITrail, INotebookTracker, IReading],
  optional: [ICommandPalette],
  activate: (
    app: JupyterFrontEnd,
    trail: ITrail,
    tracker: INotebookTracker,
    reading: IReading,
    palette: ICommandPalette | null
  ): void => {
    const { trans } = trail;
    const offers = new WeakMap<NotebookPanel, Offer>();
    tracker.widgetAdded.connect((_, panel) => {
      const offer = new Offer(panel, { trail, reading });
      offers.set(panel, offer);
      void panel.context.ready.then(() => offer.lookSoon());
    });
    NotebookActions.executionScheduled.connect((_, { notebook, cell }) => {
      const panel = tracker.find(each => each.content === notebook);
      if (panel) {
        offers.get(panel)?.follows(cell.model.id);
      }
    });
    app.commands.addCommand(CommandIDs.putInOutputs, {
      label: trans.__('Put in Outputs That Arrived While You Were Away'),
      caption: trans.__('What the last runs of these cells gave and the notebook does not show'),
      isEnabled: () => tracker.currentWidget !== null,
      execute: async () => {
        if (tracker.currentWidget) {
          await offers.get(tracker.currentWidget)?.onDemand();
        }
      },
      describedBy: { args: { type: 'object', properties: {} } }
    });
    palette?.addItem({
      command: CommandIDs.putInOutputs,
      category: trans.__('Notebook History')
    });
  }
};
