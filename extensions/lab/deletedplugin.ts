import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { Dialog, ICommandPalette, Notification, showDialog } from '@jupyterlab/apputils';
import { IDocumentManager } from '@jupyterlab/docmanager';
import type { INotebook } from '../ui/types';
import { SECOND, wideBody } from './asking';
import { CommandIDs } from './commandids';
import { attempt } from './attempt';
import { DeletedNotebooks } from './deleted';
import { DeletedList } from './deletedlist';
import { IReading } from './reading';
import { moment } from './times';
import { ITrail } from './trail';

/** The reader names a notebook to put back in the address of JupyterLab. */
const ASKED = 'trailbook-restore';

interface IHost {
  trail: ITrail;
  documents: IDocumentManager;
  reading: IReading;
  deleted: DeletedNotebooks;
}

/** Lists deleted notebooks and puts them back. */
export const deletedPlugin: JupyterFrontEndPlugin<void> = {
  id: 'trailbook:deleted-notebooks',
  description: 'Lists notebooks whose files were deleted, opens them to read, and restores them.',
  autoStart: true,
  requires: [ITrail, IDocumentManager, IReading],
  optional: [ICommandPalette],
  activate: (
    app: JupyterFrontEnd,
    trail: ITrail,
    documents: IDocumentManager,
    reading: IReading,
    palette: ICommandPalette | null
  ): void => {
    const deleted = new DeletedNotebooks(trail, app.serviceManager.contents);
    const host = { trail, documents, reading, deleted };
    const { trans } = trail;
    app.commands.addCommand(CommandIDs.deletedNotebooks, {
      label: trans.__('Deleted Notebooks…'),
      caption: trans.__('Notebooks whose files are gone: read them, or put them back'),
      execute: () => attempt(trans, () => choose(host)),
      describedBy: { args: { type: 'object', properties: {} } }
    });
    palette?.addItem({
      command: CommandIDs.deletedNotebooks,
      category: trans.__('Notebook History')
    });
    app.contextMenu.addItem({
      command: CommandIDs.deletedNotebooks,
      selector: '.jp-DirListing-content',
      rank: 60
    });
    const asked = takeFromAddress();
    if (asked !== null) {
      void app.restored.then(() => attempt(trans, () => confirm(asked, host)));
    }
  }
};

/** What the address asks for, taken out of it: a reload does not ask again. */
function takeFromAddress(): string | null {
  const address = new URL(location.href);
  const asked = address.searchParams.get(ASKED);
  if (asked !== null) {
    address.searchParams.delete(ASKED);
    history.replaceState(history.state, '', address);
  }
  return asked !== null && /^[0-9a-f]{32}$/.test(asked) ? asked : null;
}

async function choose(host: IHost): Promise<void> {
  const { trans } = host.trail;
  const notebooks = await host.deleted.list();
  if (notebooks.length === 0) {
    Notification.info(trans.__('No deleted notebook is in the history.'), { autoClose: 6000 });
    return;
  }
  const { button, value } = await showDialog({
    title: trans.__('Deleted notebooks'),
    body: new DeletedList(notebooks, notebook => host.deleted.pathOf(notebook), trans),
    buttons: [
      Dialog.cancelButton(),
      Dialog.createButton({ label: trans.__('Read'), actions: ['read'], className: SECOND }),
      Dialog.okButton({ label: trans.__('Restore'), actions: ['restore'] })
    ],
    focusNodeSelector: 'input:checked'
  });
  if (value && button.actions.includes('read')) {
    await read(value, host);
  } else if (value && button.actions.includes('restore')) {
    await restore(value, host);
  }
}

/** A link alone writes nothing: the person says so here. */
async function confirm(id: string, host: IHost): Promise<void> {
  const { deleted, documents, trail } = host;
  const { trans } = trail;
  const notebook = await trail.client.notebook(id);
  const path = deleted.pathOf(notebook);
  if (notebook.deleted_at === null) {
    documents.openOrReveal(path);
    return;
  }
  const { button } = await showDialog({
    title: trans.__('Restore %1', path),
    body: wideBody(
      trans.__(
        'It was deleted on %1. Its last version is written back to its old place; what lies there now is not overwritten.',
        moment(notebook.deleted_at, trans)
      )
    ),
    buttons: [Dialog.cancelButton(), Dialog.okButton({ label: trans.__('Restore') })]
  });
  if (button.accept) {
    await restore(notebook, host);
  }
}

async function read(notebook: INotebook, { deleted, reading, trail }: IHost): Promise<void> {
  const version = await deleted.lastVersion(notebook);
  if (version) {
    await reading.openVersion(version);
  } else {
    neverSaved(trail);
  }
}

async function restore(notebook: INotebook, { deleted, documents, trail }: IHost): Promise<void> {
  const version = await deleted.lastVersion(notebook);
  if (!version) {
    neverSaved(trail);
    return;
  }
  const path = await deleted.restore(notebook, version);
  documents.openOrReveal(path);
  Notification.success(
    version.withheld
      ? trail.trans.__('%1 is back, without what its author has deleted from the history.', path)
      : trail.trans.__('%1 is back, as it was last saved.', path),
    { autoClose: 8000 }
  );
}

function neverSaved({ trans }: ITrail): void {
  Notification.info(trans.__('No version of it was recorded: there is nothing to restore.'), {
    autoClose: 6000
  });
}
