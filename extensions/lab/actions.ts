import { Dialog, Notification, showDialog } from '@jupyterlab/apputils';
import type { INotebookContent } from '@jupyterlab/nbformat';
import type { NotebookPanel } from '@jupyterlab/notebook';
import { ApiError } from '../ui/client';
import type { ISnapshot, IStep } from '../ui/types';
import { attempt } from './attempt';
import type { HistoryModel } from './history';
import type { Reading } from './reading';
import { restoreCells, restoreSource } from './restore';
import { moment } from './times';
import type { ITrail } from './trail';

export interface IActionOptions {
  trail: ITrail;
  model: HistoryModel;
  reading: Reading;
  /** Bring an open notebook to the front. */
  activate: (panel: NotebookPanel) => void;
}

/** What can be done with a step of the notebook in front. */
export class Actions {
  constructor(private readonly options: IActionOptions) {}

  async openStep(id: string): Promise<void> {
    const { reading, model } = this.options;
    const step = await this.step(id);
    if (step.type === 'edit') {
      // There is no code and no output of an edit: what there is to see is the notebook.
      await this.openVersion(id);
      return;
    }
    await reading.openStep(step, model.kernelSessions.get(step.kernel_session ?? '') ?? null);
  }

  async openVersion(id: string): Promise<void> {
    const version = await this.versionAt(id);
    if (version) {
      await this.options.reading.openVersion(version);
    }
  }

  async diffNow(id: string): Promise<void> {
    const { reading, trail, model } = this.options;
    const panel = model.panel;
    const version = await this.versionAt(id);
    if (!panel?.model || !version) {
      return;
    }
    const when = moment(version.at, trail.trans);
    const content = panel.model.toJSON() as INotebookContent;
    await reading.openDiff(
      `diff-${version.id}`,
      await trail.client.diffAgainst(version.id, content),
      {
        label: trail.trans.__('%1 → now', when),
        sentence: trail.trans.__('%1, from %2 to now.', panel.title.label, when)
      }
    );
  }

  /** Ask what to restore: the notebook as it was, or the one cell. */
  async restore(id: string): Promise<void> {
    const { trail, model } = this.options;
    const { trans } = trail;
    const step = await this.step(id);
    const buttons = [Dialog.cancelButton()];
    if (step.type === 'run') {
      buttons.push(Dialog.createButton({ label: trans.__('This cell only'), actions: ['cell'] }));
    }
    buttons.push(Dialog.okButton({ label: trans.__('The whole notebook'), actions: ['notebook'] }));
    const { button } = await showDialog({
      title: trans.__('Restore %1', moment(step.at, trans)),
      body: trans.__(
        'What is open now is replaced by what was there then. Nothing is saved yet, and Undo brings it back.'
      ),
      buttons,
      defaultButton: buttons.length - 1
    });
    if (button.actions.includes('cell')) {
      await this.restoreCell(id);
    } else if (button.actions.includes('notebook') && model.panel) {
      await this.restoreNotebook(id, model.panel);
    }
  }

  async restoreCell(id: string): Promise<void> {
    const { model, trail, activate } = this.options;
    const step = await this.step(id);
    if (!model.panel) {
      return;
    }
    const inPlace = restoreSource(model.panel, step.cell_id, step.source);
    activate(model.panel);
    Notification.success(
      inPlace
        ? trail.trans.__('The cell has its earlier source again. Ctrl+Z undoes it.')
        : trail.trans.__('The cell is gone from the notebook: its source is in a new cell.'),
      { autoClose: 6000 }
    );
  }

  /** Run an action; what goes wrong becomes one sentence. */
  attempt(action: () => Promise<unknown>): Promise<void> {
    return attempt(this.options.trail.trans, action);
  }

  private async restoreNotebook(id: string, panel: NotebookPanel): Promise<void> {
    const { trans, client } = this.options.trail;
    const version = await this.versionAt(id);
    if (!version) {
      return;
    }
    const undo = restoreCells(panel, await client.content(version.id));
    this.options.activate(panel);
    const words = trans.__('The notebook is as it was: %1.', moment(version.at, trans));
    Notification.success(words, {
      autoClose: 10_000,
      actions: undo ? [{ label: trans.__('Undo'), callback: () => undo.undo() }] : []
    });
  }

  /** The step with this id, from the list or from the server. */
  private async step(id: string): Promise<IStep> {
    const { model, trail } = this.options;
    return model.steps.find(step => step.id === id) ?? trail.client.step(id);
  }

  /** The notebook as it was at a step, if it was saved at or after it. */
  private async versionAt(id: string): Promise<ISnapshot | null> {
    const { trail } = this.options;
    const step = await this.step(id);
    try {
      return step.snapshot
        ? await trail.client.snapshot(step.snapshot)
        : await trail.client.snapshotAtStep(id);
    } catch (reason) {
      if (!(reason instanceof ApiError && reason.status === 404)) {
        throw reason;
      }
      Notification.info(
        trail.trans.__('The notebook has not been saved since this step. Save it, then try again.'),
        { autoClose: 6000 }
      );
      return null;
    }
  }
}
