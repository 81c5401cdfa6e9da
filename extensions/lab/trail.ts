import type { ITranslator, TranslationBundle } from '@jupyterlab/translation';
import { Token } from '@lumino/coreutils';
import { type ISignal, Signal } from '@lumino/signaling';
import type { TrailbookClient } from '../ui/client';
import type { OwnServer } from './server';
import { StatusModel } from './statusmodel';

/** What the plugins of Trailbook share. */
export interface ITrail {
  readonly server: OwnServer;
  readonly client: TrailbookClient;
  readonly status: StatusModel;
  readonly translator: ITranslator;
  readonly trans: TranslationBundle;
  /** A step, or its notes, changed here: what shows it looks again. */
  readonly changed: ISignal<ITrail, string>;
  announceChange(step: string): void;
}

export const ITrail = new Token<ITrail>(
  'trailbook:ITrail',
  'The trail of the notebooks of this server.'
);

export class Trail implements ITrail {
  constructor(
    readonly server: OwnServer,
    readonly translator: ITranslator
  ) {
    this.trans = translator.load('trailbook');
    this.client = server.client;
    this.status = new StatusModel(server, this.trans);
  }

  readonly client: TrailbookClient;
  readonly status: StatusModel;
  readonly trans: TranslationBundle;
  readonly changed = new Signal<this, string>(this);

  announceChange(step: string): void {
    this.changed.emit(step);
  }
}
