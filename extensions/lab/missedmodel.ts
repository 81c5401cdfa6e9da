import type { YCodeCell, YNotebook } from '@jupyter/ydoc';
import type { ICodeCell, IOutput } from '@jupyterlab/nbformat';
import type { NotebookPanel } from '@jupyterlab/notebook';
import { JSONExt, type PartialJSONValue } from '@lumino/coreutils';
import type { ILastRuns, IStep } from '../ui/types';
import { type ICellState, isAsBefore, joined, missing } from './missed';
import { asOneChange, type IUndo } from './restore';
import type { ITrail } from './trail';

/** A cell that lacks outputs of its last run. */
export interface IMissed {
  cell: string;
  run: IStep;
  /** The cell as it was when this was found. */
  shown: ICellState;
  outputs: IOutput[];
  count: number;
}

/** What a notebook lacks. */
export interface IOffer {
  cells: IMissed[];
  /** Whether one of these runs is going on. */
  going: boolean;
  /** Whether to look again, for a run is going on that this tab does not follow. */
  again: boolean;
}

/** What one open notebook lacks of the runs that went on without it. */
export class MissedOutputs {
  constructor(
    private readonly panel: NotebookPanel,
    private readonly trail: ITrail
  ) {}

  /** A cell runs in this tab, which takes its outputs itself. */
  follows(cell: string): void {
    this.followed.add(cell);
  }

  /** What came after the version that was opened; with `everything`, whatever else cells lack. */
  async look(everything = false): Promise<IOffer> {
    const notebook = await this.notebook();
    if (notebook === null) {
      return { cells: [], going: false, again: false };
    }
    const later = await this.trail.client.lastRuns(notebook, this.since);
    if (this.since === null) {
      await this.begin(later);
    }
    const cells = await this.compare(later.runs, true);
    if (everything) {
      const { runs } = await this.trail.client.lastRuns(notebook, 0);
      const known = new Set(later.runs.map(run => run.id));
      cells.push(
        ...(await this.compare(
          runs.filter(run => !known.has(run.id)),
          false
        ))
      );
    }
    return {
      cells,
      going: cells.some(({ run }) => this.isGoing(run)),
      again: later.runs.some(run => this.isGoing(run) && !this.followed.has(run.cell_id ?? ''))
    };
  }

  /** Put the outputs into their cells, as one change; what is not as it was found stays. */
  putIn(cells: IMissed[]): IUndo | null {
    const trusted = this.isTrusted();
    const before: ICodeCell[] = [];
    return asOneChange(
      this.panel,
      () => {
        for (const { cell: id, run, shown, outputs } of cells) {
          const cell = this.cell(id);
          if (cell && JSONExt.deepEqual(asJSON(state(cell)), asJSON(shown))) {
            const was = cell.toJSON();
            before.push(was);
            const metadata = { ...was.metadata };
            delete metadata.trusted;
            if (trusted) {
              metadata.trusted = true;
            }
            this.replace({ ...was, metadata, outputs, execution_count: run.execution_count });
            this.before.set(id, { source: shown.source, outputs });
          }
        }
      },
      () => before.forEach(cell => this.replace(cell))
    );
  }

  /**
   * Put a cell in the place of the one that has its id.
   *
   * JupyterLab follows the shared document where outputs are added to a cell, and loses its way
   * where they take the place of others.
   */
  private replace(cell: ICodeCell): void {
    const shared = this.panel.model?.sharedModel;
    const at = shared?.cells.findIndex(each => each.id === cell.id) ?? -1;
    if (shared && at >= 0) {
      shared.deleteCell(at);
      shared.insertCell(at, cell);
    }
  }

  /** From here on the version counts that the notebook was opened from. */
  private async begin(later: ILastRuns): Promise<void> {
    this.since = later.since;
    if (later.version === null || later.runs.length === 0) {
      return;
    }
    const saved = await this.trail.client.content(later.version);
    for (const cell of saved.cells) {
      if (typeof cell.id === 'string' && Array.isArray(cell.outputs)) {
        const source = joined(cell.source);
        this.before.set(cell.id, { source, outputs: cell.outputs as IOutput[] });
      }
    }
  }

  private async compare(runs: IStep[], later: boolean): Promise<IMissed[]> {
    const found = await Promise.all(runs.map(run => this.missedOf(run, later)));
    return found.filter(missed => missed !== null);
  }

  private async missedOf(run: IStep, later: boolean): Promise<IMissed | null> {
    const { client } = this.trail;
    const cell = this.cell(run.cell_id);
    if (!cell || run.deleted || this.isFollowed(run)) {
      return null;
    }
    const source = run.source_cut ? await client.payloadText(run.id, 0) : run.source;
    if (source !== cell.source || run.outputs.length === 0) {
      return null;
    }
    const outputs = await client.stepOutputs(run.id);
    const shown = state(cell);
    const asBefore = later && isAsBefore(shown, this.before.get(cell.id));
    const count = missing(shown, { source, outputs }, asBefore);
    return count > 0 ? { cell: cell.id, run, shown, outputs, count } : null;
  }

  /** Whether somebody's open tab takes what this run gives, so that it would come twice. */
  private isFollowed(run: IStep): boolean {
    if (!this.isGoing(run)) {
      return false;
    }
    const { model } = this.panel;
    const shared = model?.sharedModel as YNotebook | undefined;
    const others = model?.collaborative === true && (shared?.awareness.getStates().size ?? 1) > 1;
    return others || this.followed.has(run.cell_id ?? '');
  }

  /** A kernel that does nothing runs nothing, whatever the history has not heard of yet. */
  private isGoing(run: IStep): boolean {
    const { isReady, session } = this.panel.sessionContext;
    const status = session?.kernel?.status;
    return run.status === 'running' && status !== 'idle' && (status !== undefined || !isReady);
  }

  private async notebook(): Promise<string | null> {
    const { client, server } = this.trail;
    const { space, path } = await server.place(this.panel.context.localPath);
    return space === null ? null : ((await client.notebookAt(space, path))?.id ?? null);
  }

  private cell(id: string | null | undefined): YCodeCell | null {
    const cells = this.panel.model?.sharedModel.cells ?? [];
    const cell = cells.find(each => each.id === id);
    return cell?.cell_type === 'code' ? (cell as YCodeCell) : null;
  }

  /** Whether JupyterLab trusts the whole document, and so may what is put into it. */
  private isTrusted(): boolean {
    return Array.from(this.panel.model?.cells ?? []).every(
      cell => cell.type !== 'code' || cell.trusted
    );
  }

  private since: number | null = null;
  private readonly before = new Map<string, ICellState>();
  private readonly followed = new Set<string>();
}

function state(cell: YCodeCell): ICellState {
  return { source: cell.source, outputs: cell.getOutputs() };
}

function asJSON(value: ICellState): PartialJSONValue {
  return value as unknown as PartialJSONValue;
}
