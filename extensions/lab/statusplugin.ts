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
    follow(trail, tracker);
    const item = new StatusItem(trail.status, { trail, commands: app.commands });
    statusBar.registerStatusItem('trailbook:status', { item, align: 'right', rank: 150 });
  }
};

/** The state that is shown is the one of the notebook in front. */
function follow({ status }: ITrail, tracker: INotebookTracker): void {
  const look = (): void => {
    status.path = tracker.currentWidget?.context.localPath ?? null;
  };
  look();
  tracker.currentChanged.connect((_, panel) => {
    look();
    panel?.context.pathChanged.connect(look);
  });
}
