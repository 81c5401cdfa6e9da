import { Dialog, showDialog } from '@jupyterlab/apputils';
import { PathExt } from '@jupyterlab/coreutils';
import type { IDocumentManager } from '@jupyterlab/docmanager';
import { FileDialog } from '@jupyterlab/filebrowser';
import type { Contents } from '@jupyterlab/services';
import { ApiError } from '../ui/client';
import type { ISnapshot } from '../ui/types';
import { SECOND } from './asking';
import { VersionList } from './comparechoice';
import { type INotebookFile, readNotebookFile } from './notebookfile';
import type { IReading } from './reading';
import { moment } from './times';
import type { ITrail } from './trail';

export interface ICompareHost {
  trail: ITrail;
  reading: IReading;
  documents: IDocumentManager;
}

/** Compares notebooks of this server with each other and with versions of the history. */
export class Compare {
  constructor(private readonly host: ICompareHost) {}

  /** Ask with what to compare a notebook: one of its versions, or another notebook. */
  async ask(path: string): Promise<void> {
    const { trans } = this.host.trail;
    const file = await this.read(path);
    const versions = await this.versions(path);
    if (versions.length === 0) {
      await this.askForFile(file);
      return;
    }
    const { button, value } = await showDialog({
      title: trans.__('Compare %1 with', PathExt.basename(path)),
      body: new VersionList(versions, trans),
      buttons: [
        Dialog.cancelButton(),
        Dialog.createButton({
          label: trans.__('Another notebook…'),
          actions: ['file'],
          className: SECOND
        }),
        Dialog.okButton({ label: trans.__('This version'), actions: ['version'] })
      ],
      focusNodeSelector: 'input:checked'
    });
    if (button.actions.includes('file')) {
      await this.askForFile(file);
    } else if (value && button.actions.includes('version')) {
      await this.withVersion(file, value);
    }
  }

  /** Two notebooks; the one that was saved earlier comes first. */
  async two(paths: [string, string]): Promise<void> {
    const [one, other] = await Promise.all(paths.map(path => this.read(path)));
    await (one.at <= other.at ? this.show(one, other) : this.show(other, one));
  }

  private async askForFile(file: INotebookFile): Promise<void> {
    const { documents, trail } = this.host;
    const { trans } = trail;
    const { value } = await FileDialog.getOpenFiles({
      manager: documents,
      title: trans.__('Compare %1 with', PathExt.basename(file.path)),
      label: trans.__('Choose another notebook'),
      defaultPath: PathExt.dirname(file.path),
      translator: trail.translator,
      filter: ({ type, path }) =>
        type === 'directory' || (type === 'notebook' && path !== file.path) ? {} : null
    });
    const chosen = value?.find(({ type }) => type === 'notebook');
    if (chosen) {
      await this.two([file.path, chosen.path]);
    }
  }

  private async withVersion(file: INotebookFile, version: ISnapshot): Promise<void> {
    const { reading, trail } = this.host;
    const { trans, client } = trail;
    const then = moment(version.at, trans);
    const name = PathExt.basename(file.path);
    await reading.openDiff(
      `compare-${version.id}-${file.path}`,
      await client.diffAgainst(version.id, file.content),
      {
        label: trans.__('%1 → %2', then, name),
        sentence: trans.__(
          '%1, from its version of %2 to the file as it was saved %3.',
          file.path,
          then,
          moment(file.at, trans)
        )
      }
    );
  }

  private async show(base: INotebookFile, target: INotebookFile): Promise<void> {
    const { reading, trail } = this.host;
    const { trans, client } = trail;
    const both = [base.path, target.path];
    // Swapped it is the same comparison, and takes the place of this one.
    await reading.openDiff(
      `compare-${[...both].sort().join('-')}`,
      await client.diffContents(base.content, target.content),
      {
        label: both.map(path => PathExt.basename(path)).join(' → '),
        sentence: trans.__(
          'From %1, saved %2, to %3, saved %4.',
          base.path,
          moment(base.at, trans),
          target.path,
          moment(target.at, trans)
        ),
        choices: [{ label: trans.__('Swap sides'), run: () => void this.show(target, base) }]
      }
    );
  }

  private read(path: string): Promise<INotebookFile> {
    const contents: Contents.IManager = this.host.documents.services.contents;
    return readNotebookFile(contents, path, this.host.trail.trans);
  }

  /** Those of a notebook that is in the history; nothing else needs it to be there. */
  private async versions(path: string): Promise<ISnapshot[]> {
    const { server, client } = this.host.trail;
    try {
      const place = await server.place(path);
      const notebook = place.space && (await client.notebookAt(place.space, place.path));
      return notebook ? await client.snapshots(notebook.id) : [];
    } catch (reason) {
      if (reason instanceof ApiError) {
        return [];
      }
      throw reason;
    }
  }
}
