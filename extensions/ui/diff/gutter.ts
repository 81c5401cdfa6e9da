import { type Extension, Prec, StateEffect } from '@codemirror/state';
import { type EditorView, gutter, GutterMarker, keymap } from '@codemirror/view';

/** What stands beside lines of source, by their numbers from 1. */
export interface ILineHost {
  marker(line: number): HTMLElement | null;
  choose(line: number): void;
}

/** Asks for the markers of an editor anew. */
export const refreshMarkers = StateEffect.define<null>();

class ElementMarker extends GutterMarker {
  constructor(private readonly element: HTMLElement) {
    super();
  }

  override toDOM(): HTMLElement {
    return this.element;
  }
}

/** A gutter that the host fills, and whose lines can be chosen by mouse and by Enter. */
export function lineGutter(host: ILineHost): Extension {
  const number = (view: EditorView, at: number): number => view.state.doc.lineAt(at).number;
  return [
    gutter({
      class: 'tb-Diff-lineGutter',
      renderEmptyElements: true,
      lineMarker: (view, block) => {
        const element = host.marker(number(view, block.from));
        return element && new ElementMarker(element);
      },
      lineMarkerChange: update =>
        update.transactions.some(({ effects }) => effects.some(each => each.is(refreshMarkers))),
      domEventHandlers: {
        click: (view, block) => {
          host.choose(number(view, block.from));
          return true;
        }
      }
    }),
    Prec.highest(
      keymap.of([
        {
          key: 'Enter',
          run: view => {
            host.choose(number(view, view.state.selection.main.head));
            return true;
          }
        }
      ])
    )
  ];
}
