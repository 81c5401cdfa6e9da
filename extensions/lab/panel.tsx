import { PathExt } from '@jupyterlab/coreutils';
import { historyIcon, ReactWidget, UseSignal } from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import type { Message } from '@lumino/messaging';
import React from 'react';
import { CommandIDs } from './commandids';
import type { HistoryModel } from './history';
import { NoteForm } from './notes';
import { StepsList } from './stepslist';
import type { ITrail } from './trail';

export interface IPanelOptions {
  trail: ITrail;
  model: HistoryModel;
  commands: CommandRegistry;
}

/** The history of the notebook in front, on the right. */
export class HistoryPanel extends ReactWidget {
  constructor(private readonly options: IPanelOptions) {
    super();
    this.id = 'trailbook-history';
    this.addClass('trailbook-History');
    this.title.icon = historyIcon;
    this.title.caption = options.trail.trans.__('Notebook history');
    this.node.tabIndex = -1;
  }

  /** The step a note is being written on. */
  get noting(): string | null {
    return this.noted;
  }

  set noting(step: string | null) {
    this.noted = step;
    this.update();
  }

  protected override onAfterShow(message: Message): void {
    super.onAfterShow(message);
    this.options.model.shown = true;
  }

  protected override onAfterHide(message: Message): void {
    super.onAfterHide(message);
    this.options.model.shown = false;
  }

  protected override onActivateRequest(message: Message): void {
    super.onActivateRequest(message);
    (this.node.querySelector<HTMLElement>('.trailbook-Step-line') ?? this.node).focus();
  }

  protected render(): JSX.Element {
    const { model, trail } = this.options;
    const { status, trans } = trail;
    return (
      <UseSignal signal={model.stateChanged}>
        {() => (
          <>
            <header className="trailbook-History-header">
              <h2 title={model.path}>
                {trans.__('History')}
                {model.path && <span> · {PathExt.basename(model.path)}</span>}
              </h2>
              <UseSignal signal={status.stateChanged}>
                {() => (
                  <span className="trailbook-State" data-state={status.state}>
                    {status.label}
                  </span>
                )}
              </UseSignal>
            </header>
            {this.body()}
          </>
        )}
      </UseSignal>
    );
  }

  private body(): JSX.Element {
    const { model, trail } = this.options;
    if (model.steps.length === 0) {
      return <Empty model={model} trail={trail} commands={this.options.commands} />;
    }
    return (
      <>
        {model.state === 'offline' && <p className="trailbook-trouble">{model.trouble}</p>}
        <div className="trailbook-History-steps">
          <StepsList
            steps={model.steps}
            selected={model.selected}
            trans={trail.trans}
            onSelect={id => model.select(id)}
            onOpen={id => this.run(CommandIDs.openStep, id)}
          />
          {model.hasOlder && (
            <button type="button" className="trailbook-Older" onClick={() => void model.older()}>
              {trail.trans.__('Older steps')}
            </button>
          )}
        </div>
        {this.noted !== null ? (
          <NoteForm
            key={this.noted}
            step={this.noted}
            trail={trail}
            onDone={() => {
              const step = this.noted;
              this.noting = null;
              this.focusStep(step);
            }}
          />
        ) : (
          this.actions()
        )}
      </>
    );
  }

  private actions(): JSX.Element {
    const { model, trail } = this.options;
    const step = model.selectedStep;
    const actions: [string, string][] = [
      [CommandIDs.diffNow, trail.trans.__('Diff with now')],
      [CommandIDs.openVersion, trail.trans.__('Open')],
      [CommandIDs.restore, trail.trans.__('Restore…')],
      [CommandIDs.addNote, trail.trans.__('Note')]
    ];
    return (
      <footer className="trailbook-Actions">
        {actions.map(([command, label]) => (
          <button
            type="button"
            key={command}
            disabled={!step}
            title={
              step ? this.options.commands.caption(command) : trail.trans.__('Choose a step first')
            }
            onClick={() => step && this.run(command, step.id)}
          >
            {label}
          </button>
        ))}
        <button
          type="button"
          title={this.options.commands.caption(CommandIDs.askReview)}
          onClick={() => void this.options.commands.execute(CommandIDs.askReview)}
        >
          {trail.trans.__('Ask for review')}
        </button>
      </footer>
    );
  }

  private run(command: string, step: string): void {
    void this.options.commands.execute(command, { step });
  }

  private focusStep(step: string | null): void {
    this.node
      .querySelector<HTMLElement>(`[data-step="${step ?? ''}"] .trailbook-Step-line`)
      ?.focus();
  }

  private noted: string | null = null;
}

interface IEmptyProps {
  model: HistoryModel;
  trail: ITrail;
  commands: CommandRegistry;
}

/** What will be here, and how it gets here. */
function Empty({ model, trail, commands }: IEmptyProps): JSX.Element {
  const { trans } = trail;
  if (model.state === 'waiting') {
    return <div className="trailbook-Empty" aria-busy="true" />;
  }
  if (model.state === 'offline') {
    return (
      <div className="trailbook-Empty">
        <p className="trailbook-trouble">{model.trouble}</p>
      </div>
    );
  }
  if (model.state === 'nothing-open') {
    return (
      <div className="trailbook-Empty">
        <p>
          {trans.__(
            'Open a notebook, and its steps are listed here: every run, every saved change.'
          )}
        </p>
        <button type="button" onClick={() => void commands.execute(CommandIDs.deletedNotebooks)}>
          {trans.__('Deleted notebooks…')}
        </button>
      </div>
    );
  }
  return (
    <div className="trailbook-Empty">
      <p>{trans.__('Nothing is recorded of this notebook yet.')}</p>
      <p>
        {trans.__(
          'Run a cell or save, and the step appears here by itself: its code, its output, and how the notebook looked. Any step can be opened, compared with now, and restored.'
        )}
      </p>
      <button type="button" onClick={() => void commands.execute('docmanager:save')}>
        {trans.__('Save now')}
      </button>
    </div>
  );
}
