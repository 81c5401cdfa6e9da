import type { TranslationBundle } from '@jupyterlab/translation';

/** A review's state, in words. */
export function stateWords(state: string, trans: TranslationBundle): string {
  const words: Record<string, string> = {
    draft: trans.__('Draft'),
    open: trans.__('Open'),
    'changes-requested': trans.__('Changes requested'),
    approved: trans.__('Approved'),
    concluded: trans.__('Concluded'),
    abandoned: trans.__('Abandoned')
  };
  return words[state] ?? state;
}

/** Why a review waits for who reads this. */
export function whyWords(why: string, trans: TranslationBundle): string {
  const words: Record<string, string> = {
    asked: trans.__('You are asked to review it'),
    'asked-again': trans.__('You are asked again'),
    'changed-since-approval': trans.__('It changed since you approved it'),
    answered: trans.__('Somebody answered you'),
    mentioned: trans.__('You are mentioned'),
    draft: trans.__('Your draft, not sent yet'),
    'changes-requested': trans.__('Changes are asked of you'),
    approved: trans.__('Approved: conclude it'),
    'threads-waiting': trans.__('Threads wait for your answer')
  };
  return words[why] ?? why;
}
