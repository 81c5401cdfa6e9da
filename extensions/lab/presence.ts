import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { Dialog, showDialog } from '@jupyterlab/apputils';
import { PageConfig } from '@jupyterlab/coreutils';
import { IDocumentManager } from '@jupyterlab/docmanager';
import { INotebookTracker, type NotebookPanel } from '@jupyterlab/notebook';
import { Poll } from '@lumino/polling';
import type { IPresence } from '../ui/types';
import { SECOND, wideBody } from './asking';
import { IReading } from './reading';
import { clock } from './times';
import { ITrail } from './trail';

/** A sign holds for 90 seconds: give one well before. */
const SIGN_EVERY = 30_000;

interface IHost {
  trail: ITrail;
  documents: IDocumentManager;
  reading: IReading;
}

/** Says what is open here, and at opening who else has it open on another server. */
export const presencePlugin: JupyterFrontEndPlugin<void> = {
  id: 'trailbook:presence',
  description: 'Says when somebody has the notebook open on another server, and offers to join.',
  autoStart: true,
  requires: [ITrail, INotebookTracker, IDocumentManager, IReading],
  activate: (
    _: JupyterFrontEnd,
    trail: ITrail,
    tracker: INotebookTracker,
    documents: IDocumentManager,
    reading: IReading
  ): void => {
    const host = { trail, documents, reading };
    const signs = new Poll({
      name: 'trailbook:presence',
      factory: async () => {
        const open: NotebookPanel[] = [];
        tracker.forEach(panel => open.push(panel));
        await Promise.all(open.map(panel => sign(trail, panel)));
      },
      // A hidden window still has its notebooks open.
      frequency: { interval: SIGN_EVERY, backoff: true, max: 3 * SIGN_EVERY },
      standby: 'never'
    });
    tracker.widgetAdded.connect((_, panel) => {
      void panel.context.ready
        .then(() => meet(panel, host))
        .catch((reason: unknown) => console.debug('Trailbook cannot tell who is here.', reason))
        .then(() => signs.refresh());
    });
  }
};

async function sign(trail: ITrail, panel: NotebookPanel): Promise<void> {
  const { space, path } = await trail.server.place(panel.context.localPath);
  if (space) {
    await trail.client.announce(space, path, PageConfig.getOption('hubServerName'));
  }
}

/** Tell who has the notebook open elsewhere, before two people write past each other. */
async function meet(panel: NotebookPanel, host: IHost): Promise<void> {
  const { trail } = host;
  const { space, path } = await trail.server.place(panel.context.localPath);
  if (!space) {
    return;
  }
  const here = trail.server.basePath;
  const all = await trail.client.presence(space, path);
  const elsewhere = all.find(({ url }) => url !== null && !pathOf(url).startsWith(here));
  if (elsewhere && !panel.isDisposed) {
    await offer(panel, elsewhere, { space, path }, host);
  }
}

async function offer(
  panel: NotebookPanel,
  who: IPresence,
  place: { space: string; path: string },
  host: IHost
): Promise<void> {
  const { trans } = host.trail;
  const shared = who.url !== null && host.trail.server.isProjects(pathOf(who.url));
  const name = who.display_name || who.name;
  const buttons = [
    Dialog.cancelButton({ label: trans.__('Open here too'), className: SECOND }),
    Dialog.okButton({ label: trans.__('Make a copy'), actions: ['copy'], className: SECOND }),
    Dialog.okButton({
      label: trans.__('Read only'),
      actions: ['read'],
      className: shared ? SECOND : ''
    })
  ];
  if (shared) {
    buttons.push(Dialog.okButton({ label: trans.__('Join'), actions: ['join'] }));
  }
  const { button } = await showDialog({
    title: trans.__('%1 has this notebook open', name),
    body: wideBody(
      shared
        ? trans.__(
            'In the project’s server, since %1. Join, and you see each other type. If you open it here instead, a save over newer work asks first.',
            clock(who.since)
          )
        : trans.__(
            'In their own server, since %1. If you open it here too, a save over newer work asks first, so nothing is lost.',
            clock(who.since)
          )
    ),
    buttons,
    defaultButton: buttons.length - 1
  });
  const [action] = button.actions;
  if (action === 'join' && who.url) {
    panel.dispose();
    window.open(who.url, '_blank', 'noopener');
  } else if (action === 'read') {
    panel.dispose();
    await host.reading.openLatest(place);
  } else if (action === 'copy') {
    const copy = await host.documents.duplicate(panel.context.path);
    panel.dispose();
    host.documents.openOrReveal(copy.path);
  }
}

function pathOf(url: string): string {
  return new URL(url, location.href).pathname;
}
