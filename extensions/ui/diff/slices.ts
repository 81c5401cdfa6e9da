/** How long a slice of work may keep the page busy, in ms. */
const SLICE_MS = 12;

/**
 * Work in slices that leave the page free in between. What is hurried goes first, the rest in
 * order.
 */
export class Slices<T> {
  constructor(private readonly act: (item: T) => void) {
    // Messages, for animation frames stand still in a tab that is not in front, and timers limp.
    this.channel.port1.onmessage = () => this.slice();
    this.done = new Promise(resolve => (this.finish = resolve));
  }

  /** Settles when nothing is left to do. */
  readonly done: Promise<void>;

  add(items: Iterable<T>): void {
    for (const item of items) {
      this.waiting.add(item);
    }
  }

  /** Do this next, if it is not done yet. */
  hurry(item: T): void {
    if (this.waiting.delete(item)) {
      this.hurried.add(item);
    }
  }

  /** Begin at once, and go on by itself. */
  start(): void {
    this.slice();
  }

  /** Leave what is not done. */
  stop(): void {
    this.waiting.clear();
    this.hurried.clear();
    this.end();
  }

  private slice(): void {
    const until = performance.now() + SLICE_MS;
    let item = this.take();
    while (item !== undefined) {
      this.act(item);
      item = performance.now() < until ? this.take() : undefined;
    }
    if (this.hurried.size + this.waiting.size > 0) {
      this.channel.port2.postMessage(null);
    } else {
      this.end();
    }
  }

  private take(): T | undefined {
    const from = this.hurried.size > 0 ? this.hurried : this.waiting;
    const [item] = from;
    from.delete(item);
    return item;
  }

  private end(): void {
    this.channel.port1.close();
    this.finish();
  }

  private readonly channel = new MessageChannel();
  private readonly waiting = new Set<T>();
  private readonly hurried = new Set<T>();
  private finish: () => void = () => undefined;
}
