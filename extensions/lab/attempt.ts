import { showErrorMessage } from '@jupyterlab/apputils';
import { ServerConnection } from '@jupyterlab/services';
import type { TranslationBundle } from '@jupyterlab/translation';

/** Run an action; what goes wrong becomes one sentence. */
export async function attempt(
  trans: TranslationBundle,
  action: () => Promise<unknown>
): Promise<void> {
  try {
    await action();
  } catch (reason) {
    console.warn(reason);
    const words =
      reason instanceof ServerConnection.NetworkError
        ? trans.__('This server cannot be reached. Nothing was changed.')
        : String(reason instanceof Error ? reason.message : reason);
    await showErrorMessage(trans.__('This did not work'), words);
  }
}
