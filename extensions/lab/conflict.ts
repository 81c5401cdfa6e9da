import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { Dialog, Notification, showDialog } from '@jupyterlab/apputils';
import { PathExt } from '@jupyterlab/coreutils';
import { IDocumentManager } from '@jupyterlab/docmanager';
import type { DocumentRegistry } from '@jupyterlab/docregistry';
import type { INotebookContent } from '@jupyterlab/nbformat';
import { type INotebookModel, INotebookTracker, type NotebookPanel } from '@jupyterlab/notebook';
import { type Contents, ServerConnection } from '@jupyterlab/services';
import type { ISnapshot } from '../ui/types';
import { DANGER, SECOND, wideBody } from './asking';
import { attempt } from './attempt';
import { freePath } from './freepath';
import { versionOnDisk, versionWith } from './ondisk';
import { type IChoice, IReading } from './reading';
import { restoreCells } from './restore';
import { people } from './people';
import { moment } from './times';
import { ITrail } from './trail';

/** How long the question waits for the history to say who saved, in ms. */
const WAIT_FOR_NAME = 1500;

type Decision = 'copy' | 'theirs' | 'overwrite';
type Context = DocumentRegistry.IContext<INotebookModel>;
type SaveOptions = Partial<Contents.IModel>;

/**
 * Where JupyterLab's document context decides about a file that changed on disk.
 *
 * It offers no public place for that. Where a later version lacks these methods, its own dialog
 * stays, and the server still refuses to overwrite.
 */
interface ISeams {
  _maybeSave(options: SaveOptions): Promise<Contents.IModel>;
  _raiseConflict(disk: Contents.IModel, options: SaveOptions): Promise<Contents.IModel>;
}

interface IHost {
  trail: ITrail;
  documents: IDocumentManager;
  reading: IReading;
  contents: Contents.IManager;
}

/** One dialog when a notebook is newer on disk than the one that is being saved. */
export const conflictPlugin: JupyterFrontEndPlugin<void> = {
  id: 'trailbook:save-conflict',
  description: 'Explains a save that was refused because the notebook is newer on disk.',
  autoStart: true,
  requires: [ITrail, INotebookTracker, IDocumentManager, IReading],
  activate: (
    app: JupyterFrontEnd,
    trail: ITrail,
    tracker: INotebookTracker,
    documents: IDocumentManager,
    reading: IReading
  ): void => {
    const host = { trail, documents, reading, contents: app.serviceManager.contents };
    tracker.widgetAdded.connect((_, panel) => {
      // A shared document is saved by the server, which takes over what changed on disk.
      if (!panel.model?.collaborative) {
        new SaveGuard(panel, host).install();
      }
    });
  }
};

/** What happens to one notebook's saves. */
class SaveGuard {
  constructor(
    private readonly panel: NotebookPanel,
    private readonly host: IHost
  ) {
    this.context = panel.context;
  }

  install(): void {
    const seams = this.context as unknown as Partial<ISeams>;
    const maybeSave = seams._maybeSave?.bind(this.context);
    if (!maybeSave || !seams._raiseConflict) {
      return;
    }
    seams._raiseConflict = (_, options) => this.settle(options);
    seams._maybeSave = async options => {
      try {
        return await maybeSave(options);
      } catch (reason) {
        if (reason instanceof ServerConnection.ResponseError && reason.response.status === 409) {
          return this.settle(options);
        }
        throw reason;
      }
    };
  }

  /** Ask, unless that was decided already, and end the save accordingly. */
  private async settle(options: SaveOptions): Promise<Contents.IModel> {
    if (this.asking) {
      throw canceled('ModalDuplicateError');
    }
    const decided = this.decided;
    this.decided = null;
    // Reading it also records it: from here on neither version can be lost.
    await this.host.contents.get(this.context.path, { content: true });
    const decision = decided ?? (await this.ask());
    switch (decision) {
      case 'overwrite':
        await this.host.contents.save(this.context.path, options);
        break;
      case 'theirs':
        await this.takeTheirs();
        break;
      case 'copy':
        await this.keepCopy(options);
        break;
      default:
        throw canceled('ModalCancelError');
    }
    return this.host.contents.get(this.context.path, { content: false, hash: true });
  }

  private async ask(): Promise<Decision | null> {
    const { trans } = this.host.trail;
    if (this.host.reading.hasTab(this.tab)) {
      this.host.reading.showTab(this.tab);
      return null;
    }
    this.asking = true;
    try {
      const { button } = await showDialog({
        title: trans.__('%1 is newer on disk', this.name),
        body: wideBody(
          trans.__(
            '%1 Nothing was overwritten: yours is open here, theirs is on disk and in the history.',
            await this.whoSaved()
          )
        ),
        buttons: [
          choose(trans.__('Overwrite with mine'), 'overwrite', DANGER),
          choose(trans.__('Take theirs'), 'theirs', SECOND),
          choose(trans.__('Keep mine as a copy'), 'copy', SECOND),
          Dialog.okButton({ label: trans.__('See the difference'), actions: ['compare'] })
        ],
        defaultButton: 3
      });
      const [action] = button.actions;
      if (action === 'compare') {
        void this.compare();
        return null;
      }
      return (action as Decision | undefined) ?? null;
    } finally {
      this.asking = false;
    }
  }

  /** Who saved what lies on disk, if the history can tell at once. */
  private async whoSaved(): Promise<string> {
    const { trail, contents } = this.host;
    const { trans } = trail;
    const late = new Promise<null>(resolve => setTimeout(resolve, WAIT_FOR_NAME, null));
    const theirs = await Promise.race([
      versionOnDisk(this.context.path, trail, contents).catch(() => null),
      late
    ]);
    const who = theirs && people(theirs, trans);
    return who
      ? trans.__('%1 saved this notebook after you opened it (%2).', who, moment(theirs.at, trans))
      : trans.__('Another person, server or program saved this notebook after you opened it.');
  }

  /** The difference in a tab of its own, with the same choices above it. */
  private async compare(): Promise<void> {
    const { trail, reading, contents } = this.host;
    const { trans } = trail;
    const theirs = await versionOnDisk(this.context.path, trail, contents);
    const mine = this.panel.model?.toJSON() as INotebookContent;
    if (!theirs) {
      Notification.warning(
        trans.__('The version on disk is not in the history yet. Save again to decide.'),
        { autoClose: 6000 }
      );
      return;
    }
    const choice = (label: string, decision: Decision): IChoice => ({
      label,
      run: () => void this.decide(decision)
    });
    const opened = this.context.contentsModel?.hash;
    const base = opened ? await versionWith(opened, this.context.localPath, trail) : null;
    const both: IChoice[] = base
      ? [{ label: trans.__('Bring both together…'), run: () => void this.merge(base, theirs) }]
      : [];
    await reading.openDiff(this.tab, await trail.client.diffAgainst(theirs.id, mine), {
      label: trans.__('%1: disk → mine', this.name),
      sentence: trans.__('Left: on disk (%1). Right: yours, open here.', whose(theirs, trail)),
      choices: [
        ...both,
        choice(trans.__('Keep mine as a copy'), 'copy'),
        choice(trans.__('Take theirs'), 'theirs'),
        choice(trans.__('Overwrite with mine'), 'overwrite')
      ]
    });
  }

  /** Both in one notebook, where what was opened here is recorded. */
  private async merge(base: ISnapshot, theirs: ISnapshot): Promise<void> {
    const { trail, reading } = this.host;
    const { trans } = trail;
    reading.closeTab(this.tab);
    const sentence = trans.__(
      '%1: yours, open here, and what is on disk (%2). Both came from the version of %3.',
      this.name,
      whose(theirs, trail),
      moment(base.at, trans)
    );
    const question = {
      panel: this.panel,
      base,
      ours: base,
      theirs,
      onDisk: true,
      name: trans.__('Theirs')
    };
    await attempt(trans, async () => {
      const { MergeSession } = await import('./merge/session');
      await new MergeSession({ ...question, sentence }, this.host).begin();
    });
  }

  private async decide(decision: Decision): Promise<void> {
    this.host.reading.closeTab(this.tab);
    this.decided = decision;
    try {
      await this.context.save();
    } finally {
      this.decided = null;
    }
  }

  private async takeTheirs(): Promise<void> {
    const { trans } = this.host.trail;
    const mine = this.panel.model?.toJSON() as INotebookContent;
    await this.context.revert();
    Notification.success(trans.__('The version from disk is open.'), {
      autoClose: 10_000,
      actions: [
        { label: trans.__('Bring mine back'), callback: () => restoreCells(this.panel, mine) }
      ]
    });
  }

  private async keepCopy(options: SaveOptions): Promise<void> {
    const { contents, documents } = this.host;
    const path = await freePath(contents, this.context.path, 'mine');
    await contents.save(path, options);
    await this.context.revert();
    documents.openOrReveal(path);
  }

  private get tab(): string {
    return `conflict-${this.panel.id}`;
  }

  private get name(): string {
    return PathExt.basename(this.context.localPath);
  }

  private readonly context: Context;
  private asking = false;
  private decided: Decision | null = null;
}

function choose(label: string, decision: Decision, className: string): Dialog.IButton {
  return Dialog.createButton({ label, actions: [decision], className });
}

function whose(version: ISnapshot, { trans }: ITrail): string {
  const [when, who] = [moment(version.at, trans), people(version, trans)];
  return who ? trans.__('%1 by %2', when, who) : when;
}

function canceled(name: 'ModalCancelError' | 'ModalDuplicateError'): Error {
  const error = new Error('The save was put off.');
  error.name = name;
  return error;
}
