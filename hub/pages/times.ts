/** Times in the reader's own zone; the server wrote them in UTC. */

const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
const day = new Intl.DateTimeFormat('en-GB', {
  weekday: 'short',
  day: 'numeric',
  month: 'short',
  year: 'numeric'
});
const exact = new Intl.DateTimeFormat('en-GB', { dateStyle: 'full', timeStyle: 'long' });

const dayOf = (at: Date): string => day.format(at).replace(',', '');

function ago(at: Date, now = Date.now()): string {
  const minutes = Math.round((now - at.getTime()) / 60_000);
  if (minutes < 1) {
    return 'just now';
  }
  if (minutes < 60) {
    return `${minutes} min ago`;
  }
  if (minutes < 24 * 60) {
    return `${Math.round(minutes / 60)} h ago`;
  }
  const days = Math.round(minutes / 60 / 24);
  return days === 1 ? 'yesterday' : days < 14 ? `${days} days ago` : dayOf(at);
}

const FORMS: Record<string, (at: Date) => string> = {
  clock: at => clock.format(at),
  day: dayOf,
  moment: at => `${dayOf(at)}, ${clock.format(at)}`,
  ago
};

/** Put every time below `root` into the reader's zone. */
export function localize(root: ParentNode): void {
  for (const time of root.querySelectorAll<HTMLTimeElement>('time[data-form]')) {
    const at = new Date(time.dateTime);
    const form = FORMS[time.dataset.form ?? ''];
    if (form && !Number.isNaN(at.getTime())) {
      time.textContent = form(at);
      time.title = exact.format(at);
    }
  }
}

/** A moment in the reader's zone, as the server's pages tell it. */
export function momentElement(microseconds: number): HTMLTimeElement {
  const at = new Date(microseconds / 1000);
  const time = document.createElement('time');
  time.dateTime = at.toISOString();
  time.textContent = FORMS.moment(at);
  time.title = exact.format(at);
  return time;
}
