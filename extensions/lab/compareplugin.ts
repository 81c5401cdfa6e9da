import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { IDocumentManager } from '@jupyterlab/docmanager';
import { IFileBrowserFactory } from '@jupyterlab/filebrowser';
import { INotebookTracker } from '@jupyterlab/notebook';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';
import { attempt } from './attempt';
import { CommandIDs } from './commandids';
import type { Compare } from './compare';
import { IReading } from './reading';
import { ITrail } from './trail';

const ON_NOTEBOOKS = '.jp-DirListing-item[data-file-type="notebook"]';

/** "Compare with…", for a notebook in the file browser or in front, and for two of them. */
export const comparePlugin: JupyterFrontEndPlugin<void> = {
  id: 'trailbook:compare',
  description: 'Compares any two notebooks, and a notebook with the versions of its history.',
  autoStart: true,
  requires: [ITrail, IReading, IDocumentManager, INotebookTracker],
  optional: [IFileBrowserFactory, ICommandPalette],
  activate: (
    app: JupyterFrontEnd,
    trail: ITrail,
    reading: IReading,
    documents: IDocumentManager,
    tracker: INotebookTracker,
    browsers: IFileBrowserFactory | null,
    palette: ICommandPalette | null
  ): void => {
    const { commands, contextMenu } = app;
    const { trans } = trail;
    const run = (action: (compare: Compare) => Promise<void>): Promise<void> =>
      attempt(trans, async () => {
        const { Compare } = await import('./compare');
        await action(new Compare({ trail, reading, documents }));
      });
    const selected = (): string[] => selectedNotebooks(browsers);
    const pathOf = ({ path, selection }: ReadonlyPartialJSONObject): string | null =>
      typeof path === 'string'
        ? path
        : selection === true
          ? onlyOne(selected())
          : (tracker.currentWidget?.context.path ?? null);

    commands.addCommand(CommandIDs.compareWith, {
      label: trans.__('Compare Notebook With…'),
      caption: trans.__('With one of its versions, or with another notebook'),
      isEnabled: given => pathOf(given) !== null,
      isVisible: given => given.selection !== true || selected().length === 1,
      execute: async given => {
        const path = pathOf(given);
        if (path !== null) {
          await run(compare => compare.ask(path));
        }
      },
      describedBy: {
        args: {
          type: 'object',
          properties: {
            path: {
              type: 'string',
              description: trans.__('The notebook; without it, the one in front')
            },
            selection: {
              type: 'boolean',
              description: trans.__('The one that is selected in the file browser')
            }
          }
        }
      }
    });
    commands.addCommand(CommandIDs.compareSelected, {
      label: trans.__('Compare Selected Notebooks'),
      caption: trans.__('What differs between the two notebooks'),
      isEnabled: () => selected().length === 2,
      isVisible: () => selected().length === 2,
      execute: async () => {
        const [one, other] = selected();
        await run(compare => compare.two([one, other]));
      },
      describedBy: { args: { type: 'object', properties: {} } }
    });

    const category = trans.__('Notebook History');
    palette?.addItem({ command: CommandIDs.compareWith, category });
    palette?.addItem({ command: CommandIDs.compareSelected, category });
    contextMenu.addItem({
      command: CommandIDs.compareWith,
      args: { selection: true },
      selector: ON_NOTEBOOKS,
      rank: 11
    });
    contextMenu.addItem({ command: CommandIDs.compareSelected, selector: ON_NOTEBOOKS, rank: 11 });
  }
};

/** The paths that are selected in the file browser; none where something else is among them. */
function selectedNotebooks(browsers: IFileBrowserFactory | null): string[] {
  const items = Array.from(browsers?.tracker.currentWidget?.selectedItems() ?? []);
  return items.every(({ type }) => type === 'notebook') ? items.map(({ path }) => path) : [];
}

function onlyOne(paths: string[]): string | null {
  return paths.length === 1 ? paths[0] : null;
}
