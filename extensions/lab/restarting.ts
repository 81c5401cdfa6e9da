import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { Notification } from '@jupyterlab/apputils';
import { Poll } from '@lumino/polling';
import type { IServer } from '../ui/types';
import { preciseClock } from './times';
import { ITrail } from './trail';

/** How often a project's server is asked for; a warning is meant to last longer. */
const ASK_EVERY = 10_000;

/** Says once, in a project's server, that it restarts because a member was removed. */
export const restartingPlugin: JupyterFrontEndPlugin<void> = {
  id: 'trailbook:restarting',
  description: 'Says when the project’s server restarts because a member was removed from it.',
  autoStart: true,
  requires: [ITrail],
  activate: (_: JupyterFrontEnd, trail: ITrail): void => {
    if (!trail.server.isProjects()) {
      return;
    }
    let slug: string | undefined;
    let told: number | null = null;
    new Poll({
      name: 'trailbook:restarting',
      factory: async () => {
        slug ??= (await trail.client.me()).projects[0]?.slug;
        const server = slug === undefined ? null : await trail.client.projectServer(slug);
        if (server && server.restarts_at !== null && server.restarts_at !== told) {
          told = server.restarts_at;
          tell(trail, server);
        }
      },
      frequency: { interval: ASK_EVERY, backoff: true, max: 6 * ASK_EVERY },
      standby: 'when-hidden'
    });
  }
};

/** JupyterLab cuts a notification after 140 characters. */
function tell({ trans }: ITrail, server: IServer): void {
  // Counted from here: the service's clock may differ from this one.
  const left = server.restarts_in ?? 0;
  const at = (Date.now() + left * 1000) * 1000;
  Notification.warning(
    trans.__(
      'This server restarts in %1 seconds, at %2: a member was removed. Open documents are saved, kernels end.',
      Math.round(left),
      preciseClock(at)
    ),
    { autoClose: false }
  );
}
