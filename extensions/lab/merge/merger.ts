import { PathExt } from '@jupyterlab/coreutils';
import type { NotebookPanel } from '@jupyterlab/notebook';
import type { ISnapshot } from '../../ui/types';
import { versionOnDisk } from '../ondisk';
import { moment } from '../times';
import { type IMergeHost, MergeSession } from './session';

/** Finds what two notebooks came from, and begins to merge them. */
export class Merger {
  constructor(private readonly host: IMergeHost) {}

  async withFile(panel: NotebookPanel, path: string): Promise<void> {
    const { trail, contents } = this.host;
    // Reading it also records it, if it came here while nobody looked.
    await contents.get(path, { content: true });
    const theirs = await versionOnDisk(path, trail, contents);
    if (theirs === null) {
      throw new Error(trail.trans.__('%1 is not in the history yet. Try again in a moment.', path));
    }
    await this.withVersion(panel, theirs);
  }

  async withVersion(panel: NotebookPanel, theirs: ISnapshot): Promise<void> {
    const { trail } = this.host;
    const { trans } = trail;
    const ours = await this.newest(panel.context.localPath);
    const base = ours && (await trail.server.merges.base(ours.id, theirs.id));
    if (ours === null || base === null) {
      throw new Error(
        trans.__(
          'These notebooks have no past in common that is recorded. Compare them in place of merging.'
        )
      );
    }
    const when = moment(theirs.at, trans);
    const other =
      theirs.notebook === ours.notebook
        ? trans.__('the version of %1', when)
        : PathExt.basename(theirs.path);
    const sentence = trans.__(
      '%1, open here, and %2. Both came from the version of %3.',
      panel.title.label,
      other,
      moment(base.at, trans)
    );
    await new MergeSession({ panel, base, ours, theirs, name: other, sentence }, this.host).begin();
  }

  /** The newest recorded version of a file of this server. */
  private async newest(file: string): Promise<ISnapshot | null> {
    const { server, client } = this.host.trail;
    const { space, path } = await server.place(file);
    const notebook = space === null ? null : await client.notebookAt(space, path);
    const versions = notebook ? await client.snapshots(notebook.id) : [];
    return versions[0] ?? null;
  }
}
