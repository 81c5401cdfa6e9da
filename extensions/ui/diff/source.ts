import type { CodeEditor } from '@jupyterlab/codeeditor';
import type { CodeMirrorEditor } from '@jupyterlab/codemirror';
import type { EditorView } from '@codemirror/view';
import { Widget } from '@lumino/widgets';
import { CellDiffModel } from 'nbdime/lib/diff/model/cell';
import { CellDiffWidget } from 'nbdime/lib/diff/widget/cell';
import type { IDrawing } from './drawing';
import { lineGutter, refreshMarkers } from './gutter';
import type { IDiffCell, Side } from './slots';

/** Unchanged lines around a change that are shown. */
const CONTEXT_LINES = 3;

/** A cell's source and metadata in nbdime's editors, and the way to a line of them. */
export class SourceView {
  constructor(
    private readonly cell: IDiffCell,
    model: CellDiffModel,
    private readonly drawing: IDrawing
  ) {
    this.widget = this.draw(model);
    this.name();
  }

  readonly widget: Widget;

  /** Ask the host for its markers anew. */
  refresh(): void {
    this.editors.forEach(view => view.dispatch({ effects: refreshMarkers.of(null) }));
  }

  /** The element of a line that is in the page; null where there is no such line. */
  line(side: Side, line: number): HTMLElement | null {
    const view = this.editors.get(side);
    if (!view || line < 1 || line > view.state.doc.lines) {
      return null;
    }
    // Stretches of the same lines are folded, and nbdime lets nobody else unfold them.
    view.dom.querySelectorAll<HTMLElement>('.cm-collapsedLines').forEach(fold => fold.click());
    const { node } = view.domAtPos(view.state.doc.line(line).from);
    const element = node instanceof HTMLElement ? node : node.parentElement;
    return element?.closest<HTMLElement>('.cm-line') ?? null;
  }

  private draw(model: CellDiffModel): Widget {
    const { rendermime, translator, mimetype } = this.drawing;
    const { source, metadata, cellType, executionCount, cellId } = model;
    // Without outputs: those are drawn beside it, and nbdime's would offer to trust them.
    const bare = new CellDiffModel(source, metadata, [], executionCount, cellType, cellId);
    try {
      return new CellDiffWidget({
        model: bare,
        rendermime,
        mimetype,
        editorFactory: this.recording(this.sides(model)),
        translator,
        collapseIdentical: CONTEXT_LINES
      });
    } catch (reason) {
      // One cell that nbdime cannot draw must not take the others with it.
      console.error(reason);
      return plainSource(model);
    }
  }

  /** In which order nbdime makes the editors of the source; what comes later is metadata's. */
  private sides({ source }: CellDiffModel): Side[] {
    return source.deleted ? ['base'] : source.added || source.unchanged ? ['target'] : BOTH;
  }

  /** An editor factory that keeps the first editors, one for each side, with a gutter. */
  private recording(sides: Side[]): CodeEditor.Factory {
    const { editorFactory, slots } = this.drawing;
    const left = [...sides];
    return options => {
      const side = left.shift();
      if (!side) {
        return editorFactory(options);
      }
      const { cell } = this;
      const gutter =
        slots.chooseLine || slots.lineMarker
          ? lineGutter({
              marker: line => slots.lineMarker?.({ cell, side, line }) ?? null,
              choose: line => slots.chooseLine?.({ cell, side, line })
            })
          : [];
      const extensions = [...(options.extensions ?? []), gutter];
      const editor = editorFactory({ ...options, extensions });
      this.editors.set(side, (editor as CodeMirrorEditor).editor);
      return editor;
    };
  }

  /** Say to those who do not see it which side an editor is. */
  private name(): void {
    const { trans, slots } = this.drawing;
    for (const editor of this.widget.node.querySelectorAll('.cm-content')) {
      const after = editor.closest('.cm-diff-right-editor, .jp-Diff-added, .jp-Diff-unchanged');
      const words = after ? trans.__('After') : trans.__('Before');
      const more = slots.chooseLineWords;
      editor.setAttribute('aria-label', more ? `${words}. ${more}` : words);
      editor.setAttribute('aria-readonly', 'true');
    }
  }

  private readonly editors = new Map<Side, EditorView>();
}

const BOTH: Side[] = ['base', 'target'];

function plainSource({ source }: CellDiffModel): Widget {
  const widget = new Widget({ node: document.createElement('pre') });
  widget.addClass('tb-Diff-plain');
  const lines = (mark: string, text: string | null): string[] =>
    text === null ? [] : text.split('\n').map(line => `${mark} ${line}`);
  widget.node.textContent = [...lines('-', source.base), ...lines('+', source.remote)].join('\n');
  return widget;
}
