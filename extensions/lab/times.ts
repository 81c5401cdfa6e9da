import type { TranslationBundle } from '@jupyterlab/translation';

/** The API counts microseconds since 1970 UTC; people read their own clock. */
export function dateOf(at: number): Date {
  return new Date(at / 1000);
}

/** "14:31" */
export function clock(at: number): string {
  return dateOf(at).toLocaleTimeString(undefined, {
    hour: '2-digit',
    minute: '2-digit',
    hour12: false
  });
}

/** "14:31:05", for what is about to happen. */
export function preciseClock(at: number): string {
  return dateOf(at).toLocaleTimeString(undefined, { hour12: false });
}

/** "Today", "Yesterday", "Tue 3 Nov" */
export function day(at: number, trans: TranslationBundle, now = new Date()): string {
  const date = dateOf(at);
  const midnight = (d: Date): number =>
    new Date(d.getFullYear(), d.getMonth(), d.getDate()).getTime();
  const days = Math.round((midnight(now) - midnight(date)) / 86_400_000);
  if (days === 0) {
    return trans.__('Today');
  }
  if (days === 1) {
    return trans.__('Yesterday');
  }
  return date.toLocaleDateString(undefined, {
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    ...(date.getFullYear() === now.getFullYear() ? {} : { year: 'numeric' })
  });
}

/** "Today 14:31", for titles and sentences. */
export function moment(at: number, trans: TranslationBundle): string {
  return `${day(at, trans)} ${clock(at)}`;
}

/** "under 0.1 s", "0.2 s", "12 s", "4 min", "2 h 5 min" */
export function duration(from: number, to: number, trans: TranslationBundle): string {
  const seconds = Math.max(to - from, 0) / 1e6;
  if (seconds < 0.1) {
    return trans.__('under 0.1 s');
  }
  if (seconds < 10) {
    return trans.__('%1 s', seconds.toFixed(1));
  }
  if (seconds < 60) {
    return trans.__('%1 s', Math.round(seconds));
  }
  const minutes = Math.round(seconds / 60);
  return minutes < 60
    ? trans.__('%1 min', minutes)
    : trans.__('%1 h %2 min', Math.floor(minutes / 60), minutes % 60);
}
