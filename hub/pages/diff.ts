/** The island of the diff page. */
import '@lumino/widgets/style/widget.css';
import '@jupyterlab/rendermime/style/base.css';
import '@jupyterlab/codemirror/style/base.css';
import '../../extensions/ui/diff.css';
import './diff.css';
import { drawDiff, type DiffView } from '../../extensions/ui/diff';
import { sandboxRegistry } from '../../extensions/ui/sandbox';
import { client } from './host';
import { markdownParser } from './markdown';

/** Longer than this without an answer, and the page says that it is at work. */
const PATIENCE_MS = 300;

const parts = (pairs: [number, string][]): string[] =>
  pairs.filter(([number]) => number > 0).map(([number, words]) => `${number} ${words}`);

function summary(view: DiffView, coarse: boolean): string {
  const { added, deleted, moved, changed, total } = view.count;
  const said = parts([
    [changed, 'changed'],
    [added, 'added'],
    [deleted, 'removed'],
    [moved, 'moved']
  ]);
  const words = said.length
    ? `${said.join(', ')} of ${total} cells.`
    : 'Nothing changed that is compared here.';
  return coarse
    ? `${words} Some of it is compared as a whole: in detail this pair takes too long.`
    : words;
}

async function draw(room: HTMLElement): Promise<void> {
  const { base = '', target = '', outputs, metadata, frame = '' } = room.dataset;
  const waiting = window.setTimeout(
    () => (room.textContent = 'Comparing the two versions …'),
    PATIENCE_MS
  );
  const data = await client
    .diff(base, target, { outputs: outputs !== '0', metadata: metadata === '1' })
    .finally(() => window.clearTimeout(waiting));
  room.replaceChildren();
  const rendermime = sandboxRegistry({ frameUrl: frame, markdownParser });
  const view = drawDiff(room, data, { rendermime });
  document.getElementById('summary')!.textContent = summary(view, data.coarse);
  letOutputsOpen(view);
  await view.drawn;
}

/** A button opens the outputs of all cells, and folds them again. */
function letOutputsOpen(view: DiffView): void {
  const button = document.querySelector<HTMLButtonElement>('#open-outputs');
  if (!button) {
    return;
  }
  let open = false;
  button.hidden = false;
  button.onclick = () => {
    open = !open;
    button.ariaPressed = String(open);
    view.openOutputs(open);
  };
}

const room = document.getElementById('diff');
if (room) {
  draw(room)
    .catch((reason: unknown) => {
      room.textContent = `The two versions could not be compared. ${reason instanceof Error ? reason.message : ''}`;
    })
    .finally(() => room.removeAttribute('aria-busy'));
}
