/** What the API answers. Times are microseconds since 1970 UTC; ids are 32 hex digits. */
import type { INotebookContent } from '@jupyterlab/nbformat';
import type { IDiffEntry } from 'nbdime/lib/diff/diffentries';

export type StepType = 'run' | 'edit';
export type StepStatus =
  '' | 'running' | 'ok' | 'error' | 'aborted' | 'interrupted' | 'died' | 'unknown';
export type AuthorBasis = 'verified' | 'reported' | 'unknown';
export type NoteKind = 'note' | 'why' | 'dead-end' | 'decision';
export type Role = 'viewer' | 'contributor' | 'maintainer';

export interface IPerson {
  id: string;
  name: string;
  display_name: string;
}

export interface IMember {
  person: IPerson;
  role: Role;
  since: number;
}

export interface ICharter {
  problem: string;
  goal: string;
  success: string;
  consumer: string;
  simplest_solution: string;
  formulation: string;
  data_sources: string;
  time_line: string;
  stage: string;
}

export interface IProject {
  id: string;
  space: string;
  slug: string;
  name: string;
  charter: ICharter;
  recording: boolean;
  demo: boolean;
  role: Role | null;
  members: number;
  notebooks: number;
  runs: number;
  last_run_at: number | null;
}

export interface IMe {
  person: string | null;
  name: string;
  display_name: string;
  admin: boolean;
  via: string;
  consented: boolean;
  projects: IProject[];
}

export interface INotebook {
  id: string;
  space: string;
  project: string | null;
  path: string;
  runs: number;
  errors: number;
  versions: number;
  first_at: number | null;
  last_at: number | null;
  authors: string[];
  deleted_at: number | null;
  copied_from: string | null;
}

/** One MIME part of an output. `payload` is the <n> of its link. */
export interface IPart {
  mime: string;
  size: number;
  payload: number;
  text: string | null;
  cut: boolean;
}

export interface IStepOutput {
  index: number;
  type: string;
  name: string | null;
  value: string | null;
  parts: IPart[];
  dropped_bytes: number;
  deleted: boolean;
}

export interface INote {
  id: string;
  step: string | null;
  snapshot: string | null;
  kind: NoteKind;
  text: string;
  author: string;
  author_basis: AuthorBasis;
  at: number;
  edited_at: number | null;
  mine: boolean;
}

export interface IStep {
  id: string;
  type: StepType;
  notebook: string;
  path: string;
  at: number;
  finished_at: number | null;
  status: StepStatus;
  author: string | null;
  author_basis: AuthorBasis;
  cell_id: string | null;
  kernel_session: string | null;
  position: number | null;
  execution_count: number | null;
  source: string;
  outputs: IStepOutput[];
  notes: INote[];
  snapshot: string | null;
  retry_of: string | null;
  fixed_by: string | null;
  deleted: boolean;
}

export interface IKernelSession {
  id: string;
  spec: string;
  language: string;
  started_at: number;
  ended_at: number | null;
  end_reason: string | null;
  environment: Record<string, string>;
}

/** What is known to be missing. */
export interface IGap {
  reason: string;
  since: number;
  until: number | null;
  path: string | null;
  dropped_events: number;
}

export interface IStepsPage {
  notebook: INotebook;
  steps: IStep[];
  kernel_sessions: IKernelSession[];
  gaps: IGap[];
  total: number;
  before: number | null;
  after: number | null;
}

export interface ISnapshot {
  id: string;
  notebook: string;
  path: string;
  at: number;
  author: string | null;
  author_basis: AuthorBasis;
  cause: string;
  size: number;
  sha256: string;
  cells: number;
  readable: boolean;
  durability: string;
}

export interface IActivity {
  notebook: INotebook;
  author: string | null;
  author_basis: AuthorBasis;
  first_at: number;
  last_at: number;
  runs: number;
  errors: number;
  first_step: string;
}

export interface IPresence {
  name: string;
  display_name: string;
  server: string;
  url: string | null;
  since: number;
}

/** Two points of a notebook: the base, and nbdime's operations that lead to the target. */
export interface IDiff {
  base: INotebookContent;
  diff: IDiffEntry[];
  base_view: ISnapshot | null;
  target_view: ISnapshot | null;
  /** The comparison ran into its time limit: cells are compared as a whole. */
  coarse: boolean;
}
