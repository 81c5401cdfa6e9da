import { PathExt } from '@jupyterlab/coreutils';
import type { Contents } from '@jupyterlab/services';

/** The path if nothing has it, else "a (word).ipynb", "a (word 2).ipynb" … */
export async function freePath(
  contents: Contents.IManager,
  path: string,
  word: string
): Promise<string> {
  const folder = PathExt.dirname(path);
  const taken = await namesIn(contents, folder);
  const extension = PathExt.extname(path);
  const stem = PathExt.basename(path, extension);
  let name = PathExt.basename(path);
  for (let n = 1; taken.has(name); n += 1) {
    name = n === 1 ? `${stem} (${word})${extension}` : `${stem} (${word} ${n})${extension}`;
  }
  return PathExt.join(folder, name);
}

/** What lies in a folder. */
export async function namesIn(contents: Contents.IManager, folder: string): Promise<Set<string>> {
  const { content } = (await contents.get(folder)) as { content: Contents.IModel[] };
  return new Set(content.map(({ name }) => name));
}
