import type { JupyterFrontEnd } from '@jupyterlab/application';
import { MainAreaWidget, Notification } from '@jupyterlab/apputils';
import type { CodeEditor, IEditorServices } from '@jupyterlab/codeeditor';
import type { ICell } from '@jupyterlab/nbformat';
import type { NotebookPanel } from '@jupyterlab/notebook';
import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { historyIcon } from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import { Token } from '@lumino/coreutils';
import type { Widget } from '@lumino/widgets';
import type { IMerge } from '../ui/merges';
import type { IDiff, IKernelSession, ISnapshot, IStep } from '../ui/types';
import { people } from './people';
import { moment } from './times';
import type { ITrail } from './trail';
import type * as views from './views';

/** A button above a diff. */
export interface IChoice {
  label: string;
  run: () => void;
}

export interface IDiffWords {
  label: string;
  /** What is compared, the left side first. */
  sentence: string;
  choices?: IChoice[];
}

export interface IMergeWords extends IDiffWords {
  /** What the other side is called. */
  theirs: string;
  apply: (cells: ICell[]) => Promise<void>;
}

export interface IReadingOptions {
  trail: ITrail;
  shell: JupyterFrontEnd.IShell;
  commands: CommandRegistry;
  editorServices: IEditorServices;
  labRendermime: IRenderMimeRegistry;
  contentFactory: NotebookPanel.IContentFactory;
}

/** Main-area tabs to read in, one per thing: opening it twice shows it once. */
export class Reading {
  constructor(private readonly options: IReadingOptions) {}

  async openStep(step: IStep, kernelSession: IKernelSession | null): Promise<void> {
    const { trail, commands, editorServices } = this.options;
    const first = step.source.trim().split('\n')[0].slice(0, 24);
    await this.open(`step-${step.id}`, `${moment(step.at, trail.trans)} ${first}`, async () => {
      const { StepModel, StepView, rendermime } = await this.views();
      const options = { trail, commands, editorServices, rendermime, kernelSession };
      return new StepView(new StepModel(step, trail), options);
    });
  }

  /** A whole notebook as it was. */
  async openVersion(version: ISnapshot): Promise<void> {
    const { trail } = this.options;
    const { trans } = trail;
    const when = moment(version.at, trans);
    const label = trans.__('%1, read-only', when);
    const who = people(version, trans);
    const sentence = who
      ? trans.__('%1 as it was: %2, saved by %3. To read only.', version.path, when, who)
      : trans.__('%1 as it was: %2. To read only.', version.path, when);
    await this.open(`version-${version.id}`, label, async () => {
      const { versionView, rendermime } = await this.views();
      const content = await trail.client.content(version.id);
      return versionView(content, sentence, { ...this.options, rendermime });
    });
  }

  /** The newest recorded version of a notebook. */
  async openLatest({ space, path }: { space: string; path: string }): Promise<void> {
    const { client } = this.options.trail;
    const notebook = await client.notebookAt(space, path);
    const versions = notebook ? await client.snapshots(notebook.id) : [];
    const newest = versions.reduce<ISnapshot | null>(
      (best, version) => (best && best.at >= version.at ? best : version),
      null
    );
    if (newest) {
      await this.openVersion(newest);
    } else {
      Notification.info(this.options.trail.trans.__('No version of it is recorded yet.'));
    }
  }

  /** A comparison; one that is already open under this id is replaced. */
  async openDiff(id: string, data: IDiff, words: IDiffWords): Promise<void> {
    const { trail, editorServices } = this.options;
    this.closeTab(id);
    await this.open(id, words.label, async () => {
      const { diffView, rendermime } = await this.views();
      const editorFactory: CodeEditor.Factory = options =>
        editorServices.factoryService.newInlineEditor(options);
      return diffView(data, { ...words, trail, rendermime, editorFactory });
    });
  }

  /** A merge to decide; one that is already open under this id is replaced. */
  async openMerge(id: string, merge: IMerge, words: IMergeWords): Promise<void> {
    this.closeTab(id);
    await this.open(id, words.label, async () => {
      const { MergeView, rendermime } = await this.views();
      const { trans } = this.options.trail;
      return new MergeView(merge, { ...this.options, ...words, trans, rendermime });
    });
  }

  hasTab(id: string): boolean {
    return this.tabs.has(id);
  }

  showTab(id: string): void {
    const tab = this.tabs.get(id);
    if (tab) {
      this.options.shell.activateById(tab.id);
    }
  }

  closeTab(id: string): void {
    this.tabs.get(id)?.dispose();
  }

  private async open(id: string, label: string, make: () => Promise<Widget>): Promise<void> {
    if (!this.hasTab(id)) {
      const tab = new MainAreaWidget({ content: await make() });
      tab.id = `trailbook-${id}`;
      tab.title.label = label;
      tab.title.caption = label;
      tab.title.icon = historyIcon;
      tab.title.closable = true;
      tab.toolbar.hide();
      this.tabs.set(id, tab);
      tab.disposed.connect(() => this.tabs.delete(id));
      this.options.shell.add(tab, 'main');
    }
    this.showTab(id);
  }

  private async views(): Promise<typeof views & { rendermime: IRenderMimeRegistry }> {
    const loaded = await import('./views');
    const { labRendermime, trail } = this.options;
    this.rendermime ??= loaded.quietRegistry(labRendermime, trail.server.frameUrl);
    return { ...loaded, rendermime: this.rendermime };
  }

  private readonly tabs = new Map<string, MainAreaWidget>();
  private rendermime: IRenderMimeRegistry | null = null;
}

export type IReading = Reading;

export const IReading = new Token<IReading>(
  'trailbook:IReading',
  'Opens steps, versions and comparisons to read.'
);
