const KEY = 'trailbook:declined-outputs';
const MOST = 500;

/** What the person does not want to be offered again, in this browser. */
export function declined(): Set<string> {
  try {
    return new Set(JSON.parse(localStorage.getItem(KEY) ?? '[]') as string[]);
  } catch {
    return new Set();
  }
}

/** Remember it; the oldest are forgotten. */
export function decline(things: Iterable<string>): void {
  const all = [...new Set([...declined(), ...things])];
  try {
    localStorage.setItem(KEY, JSON.stringify(all.slice(-MOST)));
  } catch {
    // A browser that keeps nothing asks again the next time.
  }
}
