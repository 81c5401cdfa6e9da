import type { INotebookTracker } from '@jupyterlab/notebook';
import { Popup, showPopup } from '@jupyterlab/statusbar';
import { ReactWidget, VDomRenderer } from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import React from 'react';
import { CommandIDs } from './commandids';
import type { StatusModel } from './statusmodel';
import type { ITrail } from './trail';

export interface IStatusOptions {
  trail: ITrail;
  tracker: INotebookTracker;
  commands: CommandRegistry;
}

/** The indicator in the status bar; its popup says more, and pauses. */
export class StatusItem extends VDomRenderer<StatusModel> {
  constructor(
    model: StatusModel,
    private readonly options: IStatusOptions
  ) {
    super(model);
    this.addClass('trailbook-StatusItem');
    options.tracker.currentChanged.connect(() => this.update());
  }

  protected render(): JSX.Element {
    const path = this.path;
    return (
      <button
        type="button"
        className="trailbook-State"
        data-state={this.model.stateOf(path)}
        title={this.model.sentence(path)}
        aria-haspopup="dialog"
        onClick={() => this.open()}
      >
        {this.model.label(path)}
      </button>
    );
  }

  private get path(): string {
    return this.options.tracker.currentWidget?.context.localPath ?? '';
  }

  private open(): void {
    const close = (): void => popup.dispose();
    const body = ReactWidget.create(
      <Details model={this.model} path={this.path} options={this.options} onDone={close} />
    );
    body.addClass('trailbook-StatusPopup');
    const popup: Popup = showPopup({ body, anchor: this, align: 'right', hasDynamicSize: true });
  }
}

interface IDetailsProps {
  model: StatusModel;
  path: string;
  options: IStatusOptions;
  onDone: () => void;
}

function Details({ model, path, options, onDone }: IDetailsProps): JSX.Element {
  const { trans } = options.trail;
  const { status } = model;
  const run = (command: string, args: { path?: string; everything?: boolean }): void => {
    void options.commands.execute(command, args);
    onDone();
  };
  const everything = status?.paused ?? false;
  const here = status?.paused_paths.includes(path) ?? false;
  return (
    <div role="dialog" aria-label={trans.__('Recording')}>
      <p>{model.sentence(path)}</p>
      {status?.last_error && <p className="trailbook-quiet">{status.last_error}</p>}
      {status && status.state !== 'off' && (
        <div className="trailbook-Buttons">
          {path !== '' && !everything && (
            <button
              type="button"
              onClick={() => run(here ? CommandIDs.resume : CommandIDs.pause, { path })}
            >
              {here ? trans.__('Resume for this notebook') : trans.__('Pause for this notebook')}
            </button>
          )}
          <button
            type="button"
            onClick={() =>
              run(everything ? CommandIDs.resume : CommandIDs.pause, { everything: true })
            }
          >
            {everything ? trans.__('Resume everything here') : trans.__('Pause everything here')}
          </button>
        </div>
      )}
    </div>
  );
}
