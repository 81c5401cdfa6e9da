import { PathExt } from '@jupyterlab/coreutils';
import type { Contents } from '@jupyterlab/services';
import type { INotebook, ISnapshot } from '../ui/types';
import { base64 } from './base64';
import { freePath, namesIn } from './freepath';
import type { ITrail } from './trail';

/** The notebooks whose files are gone, and the way back for them. */
export class DeletedNotebooks {
  constructor(
    private readonly trail: ITrail,
    private readonly contents: Contents.IManager
  ) {}

  /** Those that this server's person may put back, the latest deleted first. */
  async list(): Promise<INotebook[]> {
    const { client } = this.trail;
    const { projects } = await client.me();
    const places = [null, ...projects.filter(({ role }) => role !== 'viewer').map(p => p.slug)];
    const found = await Promise.all(places.map(slug => client.deletedNotebooks(slug)));
    return found.flat().sort((a, b) => (b.deleted_at ?? 0) - (a.deleted_at ?? 0));
  }

  /** Where a notebook lay, as a path of this server. */
  pathOf({ project, path }: INotebook): string {
    return project === null || this.trail.server.isProjects()
      ? path
      : PathExt.join('projects', project, path);
  }

  /** The last version that was recorded, or null. */
  async lastVersion(notebook: INotebook): Promise<ISnapshot | null> {
    const [newest] = await this.trail.client.snapshots(notebook.id);
    return newest ?? null;
  }

  /** Write a version's bytes to where the notebook lay, or beside what lies there now. */
  async restore(notebook: INotebook, version: ISnapshot): Promise<string> {
    const { client, server, trans } = this.trail;
    const wanted = this.pathOf(notebook);
    const { space } = await server.place(wanted);
    if (space !== notebook.space || !(await this.hasFolderOf(notebook))) {
      throw new Error(
        trans.__(
          'This server does not have the folder in which %1 was. Nothing was written.',
          notebook.path
        )
      );
    }
    const content = await base64(await client.file(version.id));
    await this.makeFolders(PathExt.dirname(wanted));
    const path = await freePath(this.contents, wanted, 'restored');
    // As a file: a notebook would be written anew, and would no longer be the same bytes. The
    // recorder takes from it that this is the notebook which was deleted.
    const file = { type: 'file', format: 'base64', content, trailbook_restores: version.id };
    await this.contents.save(path, file as Partial<Contents.IModel>);
    return path;
  }

  /** A project's folder is there when the server was started for a member. */
  private async hasFolderOf({ project }: INotebook): Promise<boolean> {
    return (
      project === null ||
      this.trail.server.isProjects() ||
      this.exists(PathExt.join('projects', project))
    );
  }

  private async makeFolders(folder: string): Promise<void> {
    if (folder === '' || (await this.exists(folder))) {
      return;
    }
    await this.makeFolders(PathExt.dirname(folder));
    await this.contents.save(folder, { type: 'directory' });
  }

  /** Looked up in its parent: asking for what is absent is an error in the browser's console. */
  private async exists(path: string): Promise<boolean> {
    const parent = PathExt.dirname(path);
    return (
      path === '' ||
      ((await this.exists(parent)) &&
        (await namesIn(this.contents, parent)).has(PathExt.basename(path)))
    );
  }
}
