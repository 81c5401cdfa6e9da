/** The commands of Trailbook, all with the step as their argument where they need one. */
export const CommandIDs = {
  show: 'trailbook:show-history',
  openStep: 'trailbook:open-step',
  openVersion: 'trailbook:open-version',
  diffNow: 'trailbook:diff-with-now',
  compareWith: 'trailbook:compare-with',
  compareSelected: 'trailbook:compare-selected',
  restore: 'trailbook:restore',
  restoreCell: 'trailbook:restore-cell',
  undoRestore: 'trailbook:undo-restore',
  putInOutputs: 'trailbook:put-in-outputs',
  deletedNotebooks: 'trailbook:deleted-notebooks',
  mergeWith: 'trailbook:merge-with',
  askReview: 'trailbook:ask-for-review',
  addNote: 'trailbook:add-note',
  pause: 'trailbook:pause',
  resume: 'trailbook:resume'
} as const;
