import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ITranslator } from '@jupyterlab/translation';
import { comparePlugin } from './compareplugin';
import { conflictPlugin } from './conflict';
import { consentPlugin } from './consent';
import { deletedPlugin } from './deletedplugin';
import { historyPlugin } from './historyplugin';
import { mergePlugin } from './merge/plugin';
import { missedPlugin } from './missedplugin';
import { presencePlugin } from './presence';
import { restartingPlugin } from './restarting';
import { OwnServer } from './server';
import { reviewsPlugin } from './reviews/plugin';
import { statusPlugin } from './statusplugin';
import { ITrail, Trail } from './trail';

const trailPlugin: JupyterFrontEndPlugin<ITrail> = {
  id: 'trailbook:trail',
  description: 'Talks to the history of the notebooks of this server.',
  autoStart: true,
  provides: ITrail,
  requires: [ITranslator],
  activate: (app: JupyterFrontEnd, translator: ITranslator) =>
    new Trail(new OwnServer(app.serviceManager.serverSettings), translator)
};

export default [
  trailPlugin,
  historyPlugin,
  statusPlugin,
  consentPlugin,
  missedPlugin,
  deletedPlugin,
  comparePlugin,
  presencePlugin,
  conflictPlugin,
  mergePlugin,
  reviewsPlugin,
  restartingPlugin
];
