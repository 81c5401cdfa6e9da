/** What the API answers, by the names that both hosts use; the shapes come from its description. */
import type { INotebookContent } from '@jupyterlab/nbformat';
import type { IDiffEntry } from 'nbdime/lib/diff/diffentries';
import type { components } from './schema';

type Schemas = components['schemas'];

/** A schema in which some members are known more closely than its description says. */
type Narrow<T, N extends Partial<T>> = Omit<T, keyof N> & N;

export type StepType = 'run' | 'edit';
export type StepStatus =
  '' | 'running' | 'ok' | 'error' | 'aborted' | 'interrupted' | 'died' | 'unknown';
export type AuthorBasis = 'verified' | 'reported' | 'unknown';
export type NoteKind = Schemas['NewNote']['kind'];
export type Role = Schemas['NewRole']['role'];

export type IPerson = Schemas['PersonView'];
export type IMember = Narrow<Schemas['MemberView'], { role: Role }>;
export type ICharter = Schemas['Charter'];
export type IProject = Narrow<Schemas['ProjectView'], { role: Role | null }>;
export type IMe = Narrow<Schemas['MeView'], { projects: IProject[] }>;
export type INotebook = Schemas['NotebookView'];
export type IPart = Schemas['PartView'];
export type IStepOutput = Schemas['OutputView'];
export type INote = Narrow<Schemas['NoteView'], { kind: NoteKind; author_basis: AuthorBasis }>;
export type IStep = Narrow<
  Schemas['StepView'],
  { type: StepType; status: StepStatus; author_basis: AuthorBasis; notes: INote[] }
>;
export type IKernelSession = Schemas['KernelSessionView'];
export type IGap = Schemas['GapView'];
export type IStepsPage = Narrow<Schemas['StepsPage'], { steps: IStep[] }>;
export type ILastRuns = Narrow<Schemas['LastRuns'], { runs: IStep[] }>;
export type ISnapshot = Narrow<Schemas['SnapshotView'], { author_basis: AuthorBasis }>;
export type ICell = Schemas['CellView'];
export type IActivity = Narrow<Schemas['ActivityView'], { author_basis: AuthorBasis }>;
export type IPresence = Schemas['PresenceView'];
export type IServer = Schemas['ServerView'];

/** A cell that stands elsewhere, and nbdime's operations for what changed in it. */
export type IMove = Narrow<Schemas['MoveView'], { diff: IDiffEntry[] }>;

/** A notebook, and nbdime's operations that lead from it to another one. */
export type IDiff = Narrow<
  Schemas['ContentsDiffView'],
  { base: INotebookContent; diff: IDiffEntry[]; moves: IMove[] }
>;

/** The same from one version on, to another version or to what was sent. */
export type IVersionDiff = IDiff & { base_view: ISnapshot; target_view: ISnapshot | null };

export type * from './reviewtypes';
