import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { INotebookTracker } from '@jupyterlab/notebook';
import type { ReadonlyJSONObject, ReadonlyPartialJSONObject } from '@lumino/coreutils';
import type { Actions } from './actions';
import { CommandIDs } from './commandids';
import type { HistoryModel } from './history';
import type { HistoryPanel } from './panel';
import { lastRestore } from './restore';
import type { ITrail } from './trail';

export interface ICommandOptions {
  app: JupyterFrontEnd;
  trail: ITrail;
  tracker: INotebookTracker;
  actions: Actions;
  model: HistoryModel;
  panel: HistoryPanel;
}

const NONE: ReadonlyJSONObject = { type: 'object', properties: {} };

/** Every command of the panel, each described for those who call it. */
export function addCommands(options: ICommandOptions): void {
  addStepCommands(options);
  addPauseCommands(options);
  const { app, trail, tracker, panel } = options;
  const { trans } = trail;
  app.commands.addCommand(CommandIDs.show, {
    label: trans.__('Show Notebook History'),
    caption: trans.__('Every run and saved version of the notebook in front'),
    execute: () => app.shell.activateById(panel.id),
    describedBy: { args: NONE }
  });
  app.commands.addCommand(CommandIDs.undoRestore, {
    label: trans.__('Undo Restore'),
    caption: trans.__('Bring back what was there before the last restore'),
    isEnabled: () => tracker.currentWidget !== null && lastRestore(tracker.currentWidget) !== null,
    execute: () => tracker.currentWidget && lastRestore(tracker.currentWidget)?.undo(),
    describedBy: { args: NONE }
  });
}

interface IStepCommand {
  id: string;
  label: string;
  caption: string;
  run: (step: string) => Promise<unknown>;
}

function addStepCommands(options: ICommandOptions): void {
  const { app, trail, actions, model, panel } = options;
  const { trans } = trail;
  const args: ReadonlyJSONObject = {
    type: 'object',
    properties: {
      step: { type: 'string', description: trans.__('The step; without it, the chosen one') }
    }
  };
  const stepOf = (given: ReadonlyPartialJSONObject): string | null =>
    typeof given.step === 'string' ? given.step : model.selected;
  const commands: IStepCommand[] = [
    {
      id: CommandIDs.openStep,
      label: trans.__('Open Step'),
      caption: trans.__('Its code and its output, to read'),
      run: step => actions.openStep(step)
    },
    {
      id: CommandIDs.openVersion,
      label: trans.__('Open Notebook as It Was'),
      caption: trans.__('The whole notebook at this step, to read'),
      run: step => actions.openVersion(step)
    },
    {
      id: CommandIDs.diffNow,
      label: trans.__('Diff Step with Now'),
      caption: trans.__('What changed since this step'),
      run: step => actions.diffNow(step)
    },
    {
      id: CommandIDs.restore,
      label: trans.__('Restore Step…'),
      caption: trans.__('Put it back into the open notebook; can be undone'),
      run: step => actions.restore(step)
    },
    {
      id: CommandIDs.restoreCell,
      label: trans.__('Put This Source Back into Its Cell'),
      caption: trans.__('The one cell; the rest stays'),
      run: step => actions.restoreCell(step)
    },
    {
      id: CommandIDs.addNote,
      label: trans.__('Add Note to Step'),
      caption: trans.__('Why, dead end, decision: one key, n'),
      run: step => {
        app.shell.activateById(panel.id);
        model.select(step);
        panel.noting = step;
        return Promise.resolve();
      }
    }
  ];
  for (const { id, label, caption, run } of commands) {
    app.commands.addCommand(id, {
      label,
      caption,
      isEnabled: given => stepOf(given) !== null,
      execute: async given => {
        const step = stepOf(given);
        if (step !== null) {
          await actions.attempt(() => run(step));
        }
      },
      describedBy: { args }
    });
  }
  const keys: [string, string][] = [
    ['N', CommandIDs.addNote],
    ['C', CommandIDs.diffNow]
  ];
  for (const [key, command] of keys) {
    app.commands.addKeyBinding({ command, keys: [key], selector: '.trailbook-Steps' });
  }
}

function addPauseCommands({ app, trail, tracker, actions }: ICommandOptions): void {
  const { trans, status } = trail;
  const args: ReadonlyJSONObject = {
    type: 'object',
    properties: {
      path: { type: 'string', description: trans.__('The notebook; without it, the one in front') },
      everything: { type: 'boolean', description: trans.__('All that this server records') }
    }
  };
  const pathOf = (given: ReadonlyPartialJSONObject): string | null =>
    given.everything === true
      ? null
      : ((given.path as string | undefined) ?? tracker.currentWidget?.context.localPath ?? null);
  const commands: [string, string, boolean][] = [
    [CommandIDs.pause, trans.__('Pause Recording'), true],
    [CommandIDs.resume, trans.__('Resume Recording'), false]
  ];
  for (const [id, label, paused] of commands) {
    app.commands.addCommand(id, {
      label: given => (given.everything ? trans.__('%1 of Everything Here', label) : label),
      execute: given => actions.attempt(() => status.pause(pathOf(given), paused)),
      describedBy: { args }
    });
  }
}
