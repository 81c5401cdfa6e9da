import {
  ILayoutRestorer,
  type JupyterFrontEnd,
  type JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette, InputDialog, Notification, ToolbarButton } from '@jupyterlab/apputils';
import { INotebookTracker, type NotebookPanel } from '@jupyterlab/notebook';
import { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { DisposableDelegate } from '@lumino/disposable';
import { attempt } from '../attempt';
import { CommandIDs } from '../commandids';
import { ITrail } from '../trail';
import { commentIcon } from './icon';
import { ThreadMarks } from './marks';
import { ReviewsModel } from './model';
import { ReviewsPanel } from './panel';

/** Reviews beside the notebook: what is said, where, and whose turn it is. */
export const reviewsPlugin: JupyterFrontEndPlugin<void> = {
  id: 'trailbook:reviews',
  description: 'Shows reviews and their threads beside the notebook, and asks for a review.',
  autoStart: true,
  requires: [ITrail, INotebookTracker, IRenderMimeRegistry],
  optional: [ICommandPalette, ILayoutRestorer],
  activate: (
    app: JupyterFrontEnd,
    trail: ITrail,
    tracker: INotebookTracker,
    rendermime: IRenderMimeRegistry,
    palette: ICommandPalette | null,
    restorer: ILayoutRestorer | null
  ): void => {
    const { trans } = trail;
    const model = new ReviewsModel(trail, trail.server.reviews);
    const toHtml = async (text: string): Promise<string> =>
      (await rendermime.markdownParser?.render(text)) ?? plain(text);
    const panel = new ReviewsPanel({ trail, model, commands: app.commands, toHtml });
    app.shell.add(panel, 'right', { rank: 210 });
    restorer?.add(panel, panel.id);
    new ThreadMarks(model, trans, thread => {
      app.shell.activateById(panel.id);
      panel.reveal(thread);
    });
    model.changed.connect(() => {
      const { waiting } = model;
      panel.title.caption =
        waiting > 0
          ? trans._n('Reviews: %1 waits for you', 'Reviews: %1 wait for you', waiting)
          : trans.__('Reviews');
      panel.title.className = waiting > 0 ? 'trailbook-mod-waiting' : '';
      panel.title.dataset = { ...panel.title.dataset, waiting: String(waiting) };
    });
    model.follow(tracker.currentWidget);
    tracker.currentChanged.connect((_, current) => model.follow(current));
    tracker.widgetAdded.connect((_, added) => {
      added.context.saveState.connect((_, state) => {
        if (state === 'completed') {
          model.lookSoon();
        }
      });
    });
    app.commands.addCommand(CommandIDs.askReview, {
      label: trans.__('Ask for Review…'),
      caption: trans.__('Let colleagues look at this notebook while it is being made'),
      isEnabled: () => tracker.currentWidget !== null,
      execute: () => attempt(trans, () => ask(trail, model)),
      describedBy: { args: { type: 'object', properties: {} } }
    });
    palette?.addItem({ command: CommandIDs.askReview, category: trans.__('Notebook History') });
    app.docRegistry.addWidgetExtension('Notebook', {
      createNew: (notebook: NotebookPanel) => {
        const button = new ToolbarButton({
          icon: commentIcon,
          tooltip: trans.__('Ask for review'),
          onClick: () => void app.commands.execute(CommandIDs.askReview)
        });
        notebook.toolbar.insertBefore('kernelName', 'trailbookReview', button);
        return new DisposableDelegate(() => button.dispose());
      }
    });
  }
};

/** The reader's form with this notebook filled in; on a laptop, which has none, its title alone. */
async function ask(trail: ITrail, model: ReviewsModel): Promise<void> {
  const { trans } = trail;
  const notebook = await model.notebookInFront();
  if (notebook === null) {
    throw new Error(trans.__('Nothing of this notebook is recorded yet. Save it first.'));
  }
  const { readerUrl } = await import('../server');
  const reader = readerUrl();
  if (reader !== null) {
    window.open(`${reader}reviews/new?notebook=${notebook}`, '_blank', 'noopener');
    return;
  }
  const { value } = await InputDialog.getText({
    title: trans.__('Review this notebook'),
    label: trans.__('What is it about?'),
    okLabel: trans.__('Begin')
  });
  if (value?.trim()) {
    await model.client.askFor({ title: value.trim(), notebooks: [{ notebook }] });
    model.lookSoon();
    Notification.success(trans.__('The review is open, on the right.'), { autoClose: 5000 });
  }
}

function plain(text: string): string {
  const box = document.createElement('p');
  box.textContent = text;
  return box.outerHTML;
}
