import { Popup, showPopup } from '@jupyterlab/statusbar';
import { ReactWidget, VDomRenderer } from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import React from 'react';
import { CommandIDs } from './commandids';
import type { StatusModel } from './statusmodel';
import type { ITrail } from './trail';

/** The popup's largest width, in px; the style sheet holds it to that. */
const POPUP_WIDTH = 360;

export interface IStatusOptions {
  trail: ITrail;
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
  }

  protected render(): JSX.Element {
    return (
      <button
        type="button"
        className="trailbook-State"
        data-state={this.model.state}
        title={this.model.sentence}
        aria-haspopup="dialog"
        onClick={() => this.open()}
      >
        {this.model.label}
      </button>
    );
  }

  private open(): void {
    const close = (): void => popup.dispose();
    const body = ReactWidget.create(
      <Details model={this.model} options={this.options} onDone={close} />
    );
    body.addClass('trailbook-StatusPopup');
    const roomOnTheLeft = this.node.getBoundingClientRect().right > POPUP_WIDTH;
    const align = roomOnTheLeft ? 'right' : 'left';
    const popup: Popup = showPopup({ body, anchor: this, align, hasDynamicSize: true });
  }
}

interface IDetailsProps {
  model: StatusModel;
  options: IStatusOptions;
  onDone: () => void;
}

function Details({ model, options, onDone }: IDetailsProps): JSX.Element {
  const { trans } = options.trail;
  const { status, path } = model;
  const run = (command: string, args: { path?: string; everything?: boolean }): void => {
    void options.commands.execute(command, args);
    onDone();
  };
  const everything = status?.paused_all ?? false;
  const here = path !== null && (status?.paused.includes(path) ?? false);
  return (
    <div role="dialog" aria-label={trans.__('Recording')}>
      <p>{model.sentence}</p>
      {status?.last_error && <p className="trailbook-quiet">{status.last_error}</p>}
      {status && status.state !== 'off' && (
        <div className="trailbook-Buttons">
          {path !== null && !everything && (
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
