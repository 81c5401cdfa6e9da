import type { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';
import type { IStep } from '../ui/types';
import { NoteLine } from './notes';
import { people } from './people';
import { clock, day, moment } from './times';

interface IGroup {
  name: string;
  lines: ILine[];
}

/** A step and the earlier tries that fold into it, newest first. */
export interface ILine {
  step: IStep;
  retries: IStep[];
}

/** The lines of the story, newest first: retries fold into the step that they led to. */
export function lines(steps: readonly IStep[]): ILine[] {
  const byId = new Map(steps.map(step => [step.id, step]));
  const target = (step: IStep): IStep => {
    const next = step.retry_of ? byId.get(step.retry_of) : undefined;
    return next ? target(next) : step;
  };
  const folded = new Map<string, ILine>();
  const newestFirst = [...steps].reverse();
  for (const step of newestFirst) {
    const into = target(step);
    if (into === step) {
      folded.set(step.id, { step, retries: [] });
    }
  }
  for (const step of newestFirst) {
    const into = target(step);
    if (into !== step) {
      folded.get(into.id)?.retries.push(step);
    }
  }
  return [...folded.values()];
}

/** The lines under the names of their days. */
export function days(all: ILine[], trans: TranslationBundle): IGroup[] {
  const groups: IGroup[] = [];
  for (const line of all) {
    const name = day(line.step.at, trans);
    const last = groups[groups.length - 1];
    if (last?.name === name) {
      last.lines.push(line);
    } else {
      groups.push({ name, lines: [line] });
    }
  }
  return groups;
}

export interface IStepsProps {
  steps: readonly IStep[];
  selected: string | null;
  trans: TranslationBundle;
  onSelect: (id: string) => void;
  onOpen: (id: string) => void;
}

/** The steps of a notebook; arrow keys, `j` and `k` walk them, Enter opens. */
export function StepsList(props: IStepsProps): JSX.Element {
  const { trans } = props;
  const [unfolded, unfold] = React.useState<ReadonlySet<string>>(new Set());
  const toggle = (id: string): void => {
    const next = new Set(unfolded);
    next[next.has(id) ? 'delete' : 'add'](id);
    unfold(next);
  };
  return (
    <div className="trailbook-Steps" onKeyDown={walk}>
      {days(lines(props.steps), trans).map(group => (
        <section key={group.name}>
          <h3>{group.name}</h3>
          <ol>
            {group.lines.map(line => (
              <React.Fragment key={line.step.id}>
                <StepLine {...props} step={line.step}>
                  {line.retries.length > 0 && (
                    <Fold
                      line={line}
                      open={unfolded.has(line.step.id)}
                      trans={trans}
                      onToggle={() => toggle(line.step.id)}
                    />
                  )}
                </StepLine>
                {unfolded.has(line.step.id) &&
                  line.retries.map(step => <StepLine {...props} key={step.id} step={step} retry />)}
              </React.Fragment>
            ))}
          </ol>
        </section>
      ))}
    </div>
  );
}

interface IFoldProps {
  line: ILine;
  open: boolean;
  trans: TranslationBundle;
  onToggle: () => void;
}

/** "2 earlier tries ✗ KeyError → fixed": what lies behind a line that worked in the end. */
function Fold({ line, open, trans, onToggle }: IFoldProps): JSX.Element {
  const errors = [...new Set(line.retries.map(errorName).filter(name => name !== null))];
  return (
    <button type="button" className="trailbook-Fold" aria-expanded={open} onClick={onToggle}>
      {trans._n('%1 earlier try', '%1 earlier tries', line.retries.length)}
      {errors.length > 0 && <span className="trailbook-mod-error"> ✗ {errors.join(', ')}</span>}
      {errors.length > 0 && line.step.status === 'ok' && (
        <span className="trailbook-mod-fixed"> → {trans.__('fixed')}</span>
      )}
      <span aria-hidden="true">{open ? ' ▾' : ' ▸'}</span>
    </button>
  );
}

interface ILineProps extends IStepsProps {
  step: IStep;
  retry?: boolean;
  children?: React.ReactNode;
}

function StepLine(props: ILineProps): JSX.Element {
  const { step, selected, trans, onSelect, onOpen } = props;
  const chosen = step.id === selected;
  return (
    <li
      className={`trailbook-Step${props.retry ? ' trailbook-mod-retry' : ''}`}
      data-step={step.id}
    >
      <button
        type="button"
        className="trailbook-Step-line"
        aria-pressed={chosen}
        title={tip(step, trans)}
        onFocus={() => onSelect(step.id)}
        onClick={() => onOpen(step.id)}
      >
        <time dateTime={new Date(step.at / 1000).toISOString()}>{clock(step.at)}</time>
        <span className="trailbook-Step-count">
          {step.type === 'run' ? `[${step.execution_count ?? ' '}]` : '✎'}
        </span>
        <span className="trailbook-Step-words">
          {step.deleted ? trans.__('deleted by its author') : words(step, trans)}
        </span>
        <Marks step={step} trans={trans} />
      </button>
      {props.children}
      {step.notes.map(note => (
        <NoteLine key={note.id} note={note} trans={trans} />
      ))}
    </li>
  );
}

/** ✗ and what went wrong, → fixed, ▣ for a plot: each with words for those who do not see it. */
function Marks({ step, trans }: { step: IStep; trans: TranslationBundle }): JSX.Element {
  return (
    <span className="trailbook-Step-marks">
      {step.status === 'error' && (
        <span className="trailbook-mod-error">✗ {errorName(step) ?? trans.__('error')}</span>
      )}
      {step.status === 'error' && step.fixed_by && (
        <span className="trailbook-mod-fixed"> → {trans.__('fixed')}</span>
      )}
      {step.status === 'running' && <span>{trans.__('running')}</span>}
      {['aborted', 'interrupted', 'died'].includes(step.status) && (
        <span className="trailbook-mod-error">{statusWords(step.status, trans)}</span>
      )}
      {hasPlot(step) && <span className="trailbook-mod-plot">▣ {trans.__('plot')}</span>}
    </span>
  );
}

/** What a status is called on a page. */
export function statusWords(status: string, trans: TranslationBundle): string {
  const known: Record<string, string> = {
    ok: trans.__('finished'),
    error: trans.__('failed'),
    running: trans.__('running'),
    aborted: trans.__('not run: an earlier cell failed'),
    interrupted: trans.__('interrupted'),
    died: trans.__('kernel died')
  };
  return known[status] ?? trans.__('end not recorded');
}

function errorName(step: IStep): string | null {
  return step.outputs.find(output => output.type === 'error')?.name ?? null;
}

function hasPlot(step: IStep): boolean {
  return step.outputs.some(output => output.parts.some(part => part.mime.startsWith('image/')));
}

/** The first line that says something. */
function words(step: IStep, trans: TranslationBundle): string {
  const first = step.source.split('\n').find(line => line.trim() !== '');
  if (first) {
    return first.trim();
  }
  if (step.type === 'run') {
    return trans.__('empty cell');
  }
  return step.author ? trans.__('edited and saved') : trans.__('changed on disk');
}

function tip(step: IStep, trans: TranslationBundle): string {
  const who = people(step, trans);
  return `${moment(step.at, trans)}${who && ` · ${who}`}\n${step.source.slice(0, 500)}`;
}

/** Move the focus between lines; the panel's own keys are commands. */
function walk(event: React.KeyboardEvent<HTMLElement>): void {
  const by = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1 }[event.key];
  if (by === undefined || event.ctrlKey || event.metaKey || event.altKey) {
    return;
  }
  const all = [...event.currentTarget.querySelectorAll<HTMLElement>('.trailbook-Step-line')];
  const at = all.indexOf(
    document.activeElement?.closest('li')?.querySelector('.trailbook-Step-line') as HTMLElement
  );
  all[Math.min(Math.max(at + by, 0), all.length - 1)]?.focus();
  event.preventDefault();
  event.stopPropagation();
}
