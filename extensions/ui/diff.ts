/** The notebook diff, for both hosts: `drawDiff`, and what a host puts into it. */
export { DiffView, drawDiff, type IDiffOptions } from './diff/view';
export type * from './diff/slots';
