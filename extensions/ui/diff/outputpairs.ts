import type { IOutput } from '@jupyterlab/nbformat';
import type { OutputDiffModel } from 'nbdime/lib/diff/model/output';
import { asText, bundleOf, IMAGE_TYPES } from './contents';
import { isSameOutput } from './parts';
import type { IDiffOutput } from './slots';

/** An output before, and what stands in its place after; null on the side that has none. */
export interface IOutputPair {
  base: IOutput | null;
  target: IOutput | null;
  places: IDiffOutput['places'];
  same: boolean;
}

/**
 * The outputs of a cell in pairs. A replaced plot is one that went and one that came to nbdime;
 * here the two are compared.
 */
export function outputPairs(models: readonly OutputDiffModel[]): IOutputPair[] {
  const pairs: IOutputPair[] = [];
  const waiting: { gone: IOutputPair[]; come: IOutputPair[] } = { gone: [], come: [] };
  const settle = (): void => {
    pairs.push(...matched(waiting.gone.splice(0), waiting.come.splice(0)));
  };
  let [inBase, inTarget] = [0, 0];
  for (const model of models) {
    const { base, remote, added, deleted } = model;
    const places = { base: added ? null : inBase++, target: deleted ? null : inTarget++ };
    if (added || deleted) {
      const pair = { base, target: remote, places, same: false };
      (deleted ? waiting.gone : waiting.come).push(pair);
    } else {
      settle();
      pairs.push({ base, target: remote, places, same: isSameOutput(model) });
    }
  }
  settle();
  return pairs;
}

function matched(gone: IOutputPair[], come: IOutputPair[]): IOutputPair[] {
  const left = [...come];
  const pairs = gone.map(pair => {
    const at = left.findIndex(other => family(other.target!) === family(pair.base!));
    const [other] = at < 0 ? [] : left.splice(at, 1);
    return other
      ? {
          ...pair,
          target: other.target,
          places: { base: pair.places.base, target: other.places.target }
        }
      : pair;
  });
  return [...pairs, ...left];
}

/** What kind of output may stand in the place of another. */
function family(output: IOutput): string {
  if (output.output_type === 'stream' || output.output_type === 'error') {
    return `${output.output_type} ${asText(output.name)}`;
  }
  const bundle = bundleOf(output);
  const kinds = [...IMAGE_TYPES, 'text/html', 'image/svg+xml', 'text/plain'];
  const found = kinds.find(mime => mime in bundle) ?? '';
  return IMAGE_TYPES.some(mime => mime === found) ? 'image' : found;
}
