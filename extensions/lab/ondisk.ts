import type { Contents } from '@jupyterlab/services';
import type { ISnapshot } from '../ui/types';
import type { ITrail } from './trail';

const TRIES = 20;
const PAUSE_MS = 500;

/** What lies on disk, as the history has it; null where it has not come there in ten seconds. */
export async function versionOnDisk(
  path: string,
  trail: ITrail,
  contents: Contents.IManager
): Promise<ISnapshot | null> {
  const { hash } = await contents.get(path, { content: false, hash: true });
  return hash === undefined ? null : versionWith(hash, contents.localPath(path), trail);
}

/** The version of a notebook of this server that has this hash. */
export async function versionWith(
  hash: string,
  localPath: string,
  trail: ITrail
): Promise<ISnapshot | null> {
  const { space, path } = await trail.server.place(localPath);
  for (let attempt = 0; space && attempt < TRIES; attempt += 1) {
    const notebook = await trail.client.notebookAt(space, path);
    const versions = notebook ? await trail.client.snapshots(notebook.id) : [];
    const found = versions.find(version => version.sha256 === hash);
    if (found) {
      return found;
    }
    await new Promise(resolve => setTimeout(resolve, PAUSE_MS));
  }
  return null;
}
