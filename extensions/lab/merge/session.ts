import { Notification } from '@jupyterlab/apputils';
import type { ICell, INotebookContent } from '@jupyterlab/nbformat';
import type { NotebookPanel } from '@jupyterlab/notebook';
import type { Contents } from '@jupyterlab/services';
import { JSONExt } from '@lumino/coreutils';
import type { IMerge } from '../../ui/merges';
import type { ISnapshot } from '../../ui/types';
import { versionOnDisk } from '../ondisk';
import type { IReading } from '../reading';
import { restoreCells } from '../restore';
import type { ITrail } from '../trail';

export interface IMergeQuestion {
  panel: NotebookPanel;
  /** What both came from. */
  base: ISnapshot;
  /** The recorded version that the open notebook was, or began from. */
  ours: ISnapshot;
  theirs: ISnapshot;
  /** Theirs is what lies on disk now: saving would be refused until it is taken in. */
  onDisk?: boolean;
  /** "theirs, of 14:02" */
  name: string;
  sentence: string;
}

export interface IMergeHost {
  trail: ITrail;
  reading: IReading;
  contents: Contents.IManager;
}

/** An open notebook and a version brought together, until the result is in the notebook. */
export class MergeSession {
  constructor(
    private readonly question: IMergeQuestion,
    private readonly host: IMergeHost
  ) {
    this.mine = this.content();
  }

  /** Show what is to be decided; say so where there is nothing to bring in. */
  async begin(): Promise<void> {
    const { trail, reading } = this.host;
    const { trans } = trail;
    const { base, theirs, name, sentence, panel } = this.question;
    const [from, other] = [{ snapshot: base.id }, { snapshot: theirs.id }];
    const merge = await trail.server.merges.merge(from, { content: untrusted(this.mine) }, other);
    if (!this.question.onDisk && bringsNothing(merge)) {
      Notification.info(trans.__('Everything in %1 is in this notebook already.', name), {
        autoClose: 6000
      });
      return;
    }
    await reading.openMerge(this.tab, merge, {
      label: trans.__('%1: merge', panel.title.label),
      theirs: name,
      sentence,
      apply: cells => this.apply(merge, cells)
    });
  }

  private async apply(merge: IMerge, cells: ICell[]): Promise<void> {
    const { trail, reading } = this.host;
    const { trans } = trail;
    const { panel } = this.question;
    if (panel.isDisposed) {
      throw new Error(trans.__('The notebook was closed. Open it and merge again.'));
    }
    if (!this.isAsBefore()) {
      // Somebody typed, here or elsewhere: what was decided says nothing about that.
      throw new Error(
        trans.__('The notebook changed since this was opened. Nothing was done: merge again.')
      );
    }
    const result = await trail.server.merges.result({ ...merge.around, cells });
    if (this.question.onDisk) {
      await this.takeInDisk();
    }
    restoreCells(panel, result);
    this.followSave();
    reading.closeTab(this.tab);
    Notification.success(trans.__('Both are in the notebook. It is not saved yet.'), {
      autoClose: 10_000,
      actions: [
        {
          label: trans.__('Bring mine back'),
          callback: () => {
            restoreCells(panel, this.mine);
          }
        }
      ]
    });
  }

  /** From here on saving means: after what lies on disk. It must still be what was merged. */
  private async takeInDisk(): Promise<void> {
    const { context } = this.question.panel;
    const disk = await this.host.contents.get(context.path, { content: false, hash: true });
    if (disk.hash !== this.question.theirs.sha256) {
      throw new Error(
        this.host.trail.trans.__(
          'The notebook on disk changed again. Nothing was done: save, and decide anew.'
        )
      );
    }
    await context.revert();
  }

  /** The next save of the notebook is the version that came of both. */
  private followSave(): void {
    const { trail, contents } = this.host;
    const { panel, ours, theirs } = this.question;
    const parents = [...new Set([ours.id, theirs.id])];
    const saved = (_: unknown, state: string): void => {
      if (state !== 'completed') {
        return;
      }
      panel.context.saveState.disconnect(saved);
      if (this.isAsBefore()) {
        return; // it was taken back
      }
      void versionOnDisk(panel.context.path, trail, contents)
        .then(version => version && trail.server.merges.setParents(version.id, parents))
        .catch((reason: unknown) => console.warn(reason));
    };
    panel.context.saveState.connect(saved);
  }

  private isAsBefore(): boolean {
    return JSONExt.deepEqual(this.content(), this.mine);
  }

  private content(): INotebookContent {
    return this.question.panel.model?.toJSON() as INotebookContent;
  }

  private get tab(): string {
    return `merge-${this.question.panel.id}`;
  }

  private readonly mine: INotebookContent;
}

/** JupyterLab marks cells that it trusts, in its own copy alone: no change that anybody made. */
function untrusted(content: INotebookContent): INotebookContent {
  const cells = content.cells.map(cell => {
    const metadata = { ...cell.metadata };
    delete metadata.trusted;
    return { ...cell, metadata };
  });
  return { ...content, cells };
}

function bringsNothing({ parts }: IMerge): boolean {
  return parts.every(part => part.kind === 'same' || part.kind === 'ours');
}
