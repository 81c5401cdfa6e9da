import type { IMimeBundle, IOutput } from '@jupyterlab/nbformat';
import { OutputAreaModel, SimplifiedOutputArea } from '@jupyterlab/outputarea';
import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import type { TrailbookClient } from '../ui/client';
import type { IPart, IStep, IStepOutput } from '../ui/types';

/** The outputs of a step as the notebook showed them, through renderers that trust nothing. */
export async function outputArea(
  step: IStep,
  client: TrailbookClient,
  rendermime: IRenderMimeRegistry
): Promise<SimplifiedOutputArea> {
  const shown = step.outputs.filter(output => !output.deleted);
  const values = await Promise.all(shown.map(output => asOutput(step, output, client)));
  return new SimplifiedOutputArea({
    model: new OutputAreaModel({ trusted: false, values }),
    rendermime
  });
}

async function asOutput(
  step: IStep,
  output: IStepOutput,
  client: TrailbookClient
): Promise<IOutput> {
  const text = async (): Promise<string> =>
    (await Promise.all(output.parts.map(part => partText(step, part, client)))).join('');
  switch (output.type) {
    case 'stream':
      return { output_type: 'stream', name: output.name ?? 'stdout', text: await text() };
    case 'error':
      return {
        output_type: 'error',
        ename: output.name ?? '',
        evalue: output.value ?? '',
        traceback: (await text()).split('\n')
      };
    default:
      return {
        output_type: 'display_data',
        metadata: {},
        data: await bundle(step, output, client)
      };
  }
}

async function bundle(
  step: IStep,
  output: IStepOutput,
  client: TrailbookClient
): Promise<IMimeBundle> {
  const pairs = output.parts.map(async part => [part.mime, await partValue(step, part, client)]);
  return Object.fromEntries(await Promise.all(pairs)) as IMimeBundle;
}

async function partValue(step: IStep, part: IPart, client: TrailbookClient): Promise<unknown> {
  if (part.text === null && isRaster(part.mime)) {
    return base64(await client.payloadBlob(step.id, part.payload));
  }
  const text = await partText(step, part, client);
  return /[/+]json$/.test(part.mime) ? JSON.parse(text) : text;
}

function partText(step: IStep, part: IPart, client: TrailbookClient): Promise<string> {
  return part.text !== null && !part.cut
    ? Promise.resolve(part.text)
    : client.payloadText(step.id, part.payload);
}

function isRaster(mime: string): boolean {
  return mime.startsWith('image/') && mime !== 'image/svg+xml';
}

function base64(blob: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve((reader.result as string).split(',', 2)[1] ?? '');
    reader.onerror = () => reject(new Error('The image could not be read.'));
    reader.readAsDataURL(blob);
  });
}
