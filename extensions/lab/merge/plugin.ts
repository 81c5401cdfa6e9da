import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { IDocumentManager } from '@jupyterlab/docmanager';
import { FileDialog } from '@jupyterlab/filebrowser';
import { INotebookTracker } from '@jupyterlab/notebook';
import { attempt } from '../attempt';
import { CommandIDs } from '../commandids';
import { IReading } from '../reading';
import { ITrail } from '../trail';

/** Brings another notebook, or an earlier version, together with the one that is open. */
export const mergePlugin: JupyterFrontEndPlugin<void> = {
  id: 'trailbook:merge',
  description: 'Brings two notebooks that came from one together, cell by cell.',
  autoStart: true,
  requires: [ITrail, IReading, INotebookTracker, IDocumentManager],
  optional: [ICommandPalette],
  activate: (
    app: JupyterFrontEnd,
    trail: ITrail,
    reading: IReading,
    tracker: INotebookTracker,
    documents: IDocumentManager,
    palette: ICommandPalette | null
  ): void => {
    const { trans } = trail;
    const host = { trail, reading, contents: app.serviceManager.contents };
    const args = {
      type: 'object',
      properties: {
        path: { type: 'string', description: trans.__('The other notebook; without it, a choice') },
        snapshot: { type: 'string', description: trans.__('Or a recorded version') }
      }
    } as const;
    app.commands.addCommand(CommandIDs.mergeWith, {
      label: trans.__('Merge with…'),
      caption: trans.__('Bring another notebook’s changes into this one, cell by cell'),
      isEnabled: () => tracker.currentWidget !== null,
      execute: async given => {
        const panel = tracker.currentWidget;
        if (panel === null) {
          return;
        }
        await attempt(trans, async () => {
          const { Merger } = await import('./merger');
          const merger = new Merger(host);
          if (typeof given.snapshot === 'string') {
            await merger.withVersion(panel, await trail.client.snapshot(given.snapshot));
            return;
          }
          const path = typeof given.path === 'string' ? given.path : await choose(documents, trail);
          if (path !== null) {
            await merger.withFile(panel, path);
          }
        });
      },
      describedBy: { args }
    });
    palette?.addItem({ command: CommandIDs.mergeWith, category: trans.__('Notebook History') });
  }
};

async function choose(manager: IDocumentManager, { trans }: ITrail): Promise<string | null> {
  const { value } = await FileDialog.getOpenFiles({
    manager,
    title: trans.__('Merge with which notebook?'),
    filter: ({ type }) => (type === 'notebook' ? {} : null)
  });
  return value?.[0]?.path ?? null;
}
