import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { Dialog, ReactWidget, showDialog } from '@jupyterlab/apputils';
import React from 'react';
import type { IMe } from '../ui/types';
import { readerUrl } from './server';
import { ITrail } from './trail';

/** Asks once, at the first start, whether the person knows what is recorded. */
export const consentPlugin: JupyterFrontEndPlugin<void> = {
  id: 'trailbook:consent',
  description: 'Says once what is recorded, who sees it, for how long, and how to pause.',
  autoStart: true,
  requires: [ITrail],
  activate: (app: JupyterFrontEnd, trail: ITrail): void => {
    void app.restored
      .then(() => trail.client.me())
      .then(me => (me.consented ? undefined : ask(trail, me)))
      .catch((reason: unknown) => {
        // Asked again at the next start; the status bar says that the history is away.
        console.debug('Trailbook cannot tell whether its notice was read.', reason);
      });
  }
};

async function ask(trail: ITrail, me: IMe): Promise<void> {
  const { trans } = trail;
  const { button } = await showDialog({
    title: trans.__('What is recorded'),
    body: ReactWidget.create(<Sentences trail={trail} alone={me.via === 'laptop'} />),
    buttons: [Dialog.okButton({ label: trans.__('I understand, continue'), actions: ['agree'] })]
  });
  if (button.actions.includes('agree')) {
    await trail.client.consent();
  }
}

function Sentences({ trail, alone }: { trail: ITrail; alone: boolean }): JSX.Element {
  const { trans } = trail;
  const reader = readerUrl();
  const sentences: [string, string][] = [
    [
      trans.__('What'),
      trans.__(
        'Every cell that you run: its code, its outputs, its errors, when it ran and for how long. Every saved version of a notebook. Not what you type and never run or save, and nothing outside notebooks.'
      )
    ],
    [
      trans.__('Who sees it'),
      alone
        ? trans.__('You alone: it stays on this machine.')
        : trans.__(
            'In a project, its members. Outside projects, you alone; administrators cannot read it here. No page counts, ranks or compares what people do.'
          )
    ],
    [
      trans.__('For how long'),
      trans.__(
        'Until somebody deletes it. You can delete a step that you ran, or one output of it; it is then gone for everybody.'
      )
    ],
    [
      trans.__('How to pause'),
      trans.__(
        'The word “recorded” at the bottom of the window pauses a notebook or everything, and starts it again. What happens in between is not kept.'
      )
    ]
  ];
  return (
    <div className="trailbook-Consent">
      <dl>
        {sentences.map(([term, words]) => (
          <React.Fragment key={term}>
            <dt>{term}</dt>
            <dd>{words}</dd>
          </React.Fragment>
        ))}
      </dl>
      {reader && (
        <a href={`${reader}welcome`} target="_blank" rel="noreferrer">
          {trans.__('The same in the reader')}
        </a>
      )}
    </div>
  );
}
