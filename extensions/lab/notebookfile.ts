import { PathExt } from '@jupyterlab/coreutils';
import type { INotebookContent } from '@jupyterlab/nbformat';
import { type Contents, ServerConnection } from '@jupyterlab/services';
import type { TranslationBundle } from '@jupyterlab/translation';

/** Two of them fit into one request. */
const LARGEST_MB = 30;

/** A notebook as its file holds it, in whatever version of the format. */
export interface INotebookFile {
  path: string;
  content: INotebookContent;
  /** When it was saved, in microseconds since 1970 UTC, as the API counts. */
  at: number;
}

/** Read a notebook's file; what cannot be compared is an error with one sentence. */
export async function readNotebookFile(
  contents: Contents.IManager,
  path: string,
  trans: TranslationBundle
): Promise<INotebookFile> {
  const name = PathExt.basename(path);
  const found = await readable(contents.get(path, { content: false }), name, trans);
  if (found.type !== 'notebook') {
    throw new Error(trans.__('%1 is no notebook.', name));
  }
  if ((found.size ?? 0) > LARGEST_MB * 1e6) {
    throw new Error(trans.__('%1 is larger than %2 MB: too much to compare.', name, LARGEST_MB));
  }
  // As text: the server answers what it reads as a notebook brought up to date, or not at all.
  const asked = contents.get(path, { type: 'file', format: 'text', content: true });
  const file = await readable(asked, name, trans);
  const content = parsed(String(file.content));
  if (content === null) {
    throw new Error(trans.__('%1 is no notebook that can be read.', name));
  }
  return { path, content, at: new Date(file.last_modified).getTime() * 1000 };
}

async function readable(
  asked: Promise<Contents.IModel>,
  name: string,
  trans: TranslationBundle
): Promise<Contents.IModel> {
  try {
    return await asked;
  } catch (reason) {
    if (reason instanceof ServerConnection.ResponseError) {
      console.warn(reason);
      throw new Error(
        reason.response.status === 404
          ? trans.__('%1 is not there any more.', name)
          : trans.__('%1 cannot be read.', name)
      );
    }
    throw reason;
  }
}

function parsed(text: string): INotebookContent | null {
  try {
    const value = JSON.parse(text) as INotebookContent | null;
    return typeof value?.nbformat === 'number' ? value : null;
  } catch {
    return null;
  }
}
