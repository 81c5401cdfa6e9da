import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { sandboxRegistry } from '../ui/sandbox';

/** What tabs are made of: loaded when the first one is opened, for nbdime is large. */
export { diffView } from './difftab';
export { MergeView } from './merge/view';
export { StepModel, StepView } from './steptab';
export { versionView } from './versiontab';

/** Renderers that trust nothing, with JupyterLab's own Markdown and formulas. */
export function quietRegistry(lab: IRenderMimeRegistry, frameUrl: string): IRenderMimeRegistry {
  return sandboxRegistry({
    frameUrl,
    markdownParser: lab.markdownParser,
    latexTypesetter: lab.latexTypesetter
  });
}
