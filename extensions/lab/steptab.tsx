import { CodeEditor, CodeEditorWrapper, type IEditorServices } from '@jupyterlab/codeeditor';
import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { VDomModel, VDomRenderer } from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import { Panel } from '@lumino/widgets';
import React from 'react';
import type { IKernelSession, IStep } from '../ui/types';
import { CommandIDs } from './commandids';
import { NoteForm, NoteLine } from './notes';
import { outputArea } from './outputs';
import { statusWords } from './stepslist';
import { people } from './people';
import { duration, moment } from './times';
import type { ITrail } from './trail';

export interface IStepOptions {
  trail: ITrail;
  editorServices: IEditorServices;
  rendermime: IRenderMimeRegistry;
  commands: CommandRegistry;
  kernelSession: IKernelSession | null;
}

/** A step as a tab shows it; looks again when something about it changes. */
export class StepModel extends VDomModel {
  constructor(
    public step: IStep,
    private readonly trail: ITrail
  ) {
    super();
    trail.changed.connect(this.onChanged);
  }

  get noting(): boolean {
    return this.isNoting;
  }

  set noting(noting: boolean) {
    this.isNoting = noting;
    this.stateChanged.emit();
  }

  override dispose(): void {
    this.trail.changed.disconnect(this.onChanged);
    super.dispose();
  }

  private readonly onChanged = (_: ITrail, step: string): void => {
    if (step === this.step.id) {
      void this.reload();
    }
  };

  private async reload(): Promise<void> {
    this.step = await this.trail.client.step(this.step.id);
    this.stateChanged.emit();
  }

  private isNoting = false;
}

/** One step, read-only: facts, source, outputs, notes. */
export class StepView extends Panel {
  constructor(
    readonly model: StepModel,
    private readonly options: IStepOptions
  ) {
    super();
    this.addClass('trailbook-StepView');
    this.addWidget(new StepFacts(model, options));
    this.addWidget(this.source());
    this.drawn = this.drawOutputs();
    this.addWidget(new StepNotes(model, options.trail));
  }

  /** Settles when the outputs are in the page. */
  readonly drawn: Promise<void>;

  override dispose(): void {
    this.model.dispose();
    super.dispose();
  }

  private source(): CodeEditorWrapper {
    const { editorServices, kernelSession } = this.options;
    const model = new CodeEditor.Model({
      mimeType: editorServices.mimeTypeService.getMimeTypeByLanguage({
        name: kernelSession?.language || 'python'
      })
    });
    model.sharedModel.setSource(this.model.step.source);
    const editor = new CodeEditorWrapper({
      model,
      factory: options => editorServices.factoryService.newInlineEditor(options),
      editorOptions: { config: { readOnly: true, lineNumbers: false, lineWrap: true } }
    });
    editor.addClass('trailbook-StepView-source');
    return editor;
  }

  private async drawOutputs(): Promise<void> {
    const { trail, rendermime } = this.options;
    const area = await outputArea(this.model.step, trail.client, rendermime);
    area.addClass('trailbook-StepView-outputs');
    this.insertWidget(2, area);
  }
}

/** Who, when, how long, with what; and what can be done from here. */
class StepFacts extends VDomRenderer<StepModel> {
  constructor(
    model: StepModel,
    private readonly options: IStepOptions
  ) {
    super(model);
    this.addClass('trailbook-Facts');
  }

  protected render(): JSX.Element {
    const { step } = this.model;
    const { trans } = this.options.trail;
    return (
      <>
        <p>{facts(step, this.options).join(' · ')}</p>
        {step.author_basis !== 'verified' && step.author && (
          <p className="trailbook-quiet">
            {step.author_basis === 'reported'
              ? trans.__('The name is as the project’s server reported it.')
              : trans.__('Who ran it is not certain.')}
          </p>
        )}
        <div className="trailbook-Buttons">
          {this.button(CommandIDs.diffNow, trans.__('Diff with now'))}
          {this.button(CommandIDs.openVersion, trans.__('Open the notebook as it was'))}
          {this.button(CommandIDs.restore, trans.__('Restore…'))}
          <button type="button" onClick={() => (this.model.noting = true)}>
            {trans.__('Note')}
          </button>
        </div>
      </>
    );
  }

  private button(command: string, label: string): JSX.Element {
    const run = (): void => {
      void this.options.commands.execute(command, { step: this.model.step.id });
    };
    return (
      <button type="button" onClick={run}>
        {label}
      </button>
    );
  }
}

function facts(step: IStep, { trail, kernelSession }: IStepOptions): string[] {
  const { trans } = trail;
  const known = [moment(step.at, trans)];
  const who = people(step, trans);
  if (who) {
    known.unshift(who);
  }
  if (step.type === 'edit') {
    return [...known, trans.__('edited and saved')];
  }
  if (step.execution_count !== null) {
    known.push(trans.__('run [%1]', step.execution_count));
  }
  known.push(statusWords(step.status, trans));
  if (step.finished_at !== null) {
    known.push(duration(step.at, step.finished_at, trans));
  }
  if (kernelSession) {
    known.push(kernelSession.spec || kernelSession.language);
  }
  const gone = step.outputs.filter(output => output.deleted).length;
  if (gone > 0) {
    known.push(
      trans._n('%1 output deleted by its author', '%1 outputs deleted by their author', gone)
    );
  }
  return known;
}

class StepNotes extends VDomRenderer<StepModel> {
  constructor(
    model: StepModel,
    private readonly trail: ITrail
  ) {
    super(model);
    this.addClass('trailbook-StepView-notes');
  }

  protected render(): JSX.Element {
    const { step, noting } = this.model;
    return (
      <>
        {step.notes.map(note => (
          <NoteLine key={note.id} note={note} trans={this.trail.trans} />
        ))}
        {noting && (
          <NoteForm step={step.id} trail={this.trail} onDone={() => (this.model.noting = false)} />
        )}
      </>
    );
  }
}
