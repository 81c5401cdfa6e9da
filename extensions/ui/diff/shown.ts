import type { IOutput } from '@jupyterlab/nbformat';
import { MimeModel } from '@jupyterlab/rendermime';
import { Panel, Widget } from '@lumino/widgets';
import { bundleOf, contentOf } from './contents';
import type { IDrawing } from './drawing';
import { element } from './elements';
import { oneImage } from './imageview';
import type { IOutputPair } from './outputpairs';
import { plainText } from './textview';

type Kind = 'same' | 'removed' | 'added';

/** Both outputs as a notebook shows them, beside each other. */
export function asShown({ base, target }: IOutputPair, drawing: IDrawing): Widget {
  const { trans } = drawing;
  const sides: [IOutput | null, string][] = [
    [base, trans.__('Before')],
    [target, trans.__('After')]
  ];
  return columns(
    sides.flatMap(([output, words]) =>
      output ? [named(words, oneShown(output, 'same', drawing))] : []
    )
  );
}

/** Things beside each other. */
export function columns(widgets: Widget[]): Panel {
  const panel = new Panel();
  panel.addClass('tb-Sides');
  widgets.forEach(widget => panel.addWidget(widget));
  return panel;
}

/** A thing under the words that say which it is. */
export function named(words: string, widget: Widget): Panel {
  const panel = new Panel();
  panel.addWidget(new Widget({ node: element('p', 'tb-Side-name', words) }));
  panel.addWidget(widget);
  return panel;
}

/** An output as a notebook shows it: what may hold a script only in its frame. */
export function oneShown(output: IOutput, kind: Kind, drawing: IDrawing): Widget {
  const content = contentOf(output);
  const { trans } = drawing;
  if (content.kind === 'image') {
    return new Widget({ node: oneImage(content, '', trans) });
  }
  if (
    content.kind === 'text' &&
    content.mime !== 'text/latex' &&
    content.mime !== 'text/markdown'
  ) {
    return new Widget({ node: plainText(content.text, kind, trans) });
  }
  return rendered(content.mime, bundleOf(output)[content.mime], drawing);
}

/** A piece of content as the registry draws it; as text where the registry has no way. */
export function rendered(mime: string, value: unknown, { rendermime, trans }: IDrawing): Widget {
  const data = { [mime]: value as string };
  const known = rendermime.preferredMimeType(data, 'ensure');
  if (!known) {
    const text = typeof value === 'string' ? value : JSON.stringify(value, null, 2);
    return new Widget({ node: plainText(text, 'same', trans) });
  }
  const renderer = rendermime.createRenderer(known);
  renderer.addClass('tb-Shown');
  renderer.renderModel(new MimeModel({ data, trusted: false })).catch((reason: unknown) => {
    renderer.node.textContent = trans.__('This output cannot be shown. %1', String(reason));
  });
  return renderer;
}
