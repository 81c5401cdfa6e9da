import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { INotebookTracker } from '@jupyterlab/notebook';
import { IStatusBar } from '@jupyterlab/statusbar';
import { StatusItem } from './status';
import { ITrail } from './trail';

/** Says in the status bar whether recording is on. */
export const statusPlugin: JupyterFrontEndPlugin<void> = {
  id: 'trailbook:status',
  description: 'Shows in the status bar whether this server records, and pauses it.',
  autoStart: true,
  requires: [ITrail, INotebookTracker, IStatusBar],
  activate: (
    app: JupyterFrontEnd,
    trail: ITrail,
    tracker: INotebookTracker,
    statusBar: IStatusBar
  ): void => {
    const item = new StatusItem(trail.status, { trail, tracker, commands: app.commands });
    statusBar.registerStatusItem('trailbook:status', { item, align: 'right', rank: 150 });
  }
};
