import { OutputAreaModel, SimplifiedOutputArea } from '@jupyterlab/outputarea';
import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import type { TrailbookClient } from '../ui/client';
import type { IStep } from '../ui/types';

/** The outputs of a step as the notebook showed them, through renderers that trust nothing. */
export async function outputArea(
  step: IStep,
  client: TrailbookClient,
  rendermime: IRenderMimeRegistry
): Promise<SimplifiedOutputArea> {
  const values = step.type === 'run' ? await client.stepOutputs(step.id) : [];
  return new SimplifiedOutputArea({
    model: new OutputAreaModel({ trusted: false, values }),
    rendermime
  });
}
