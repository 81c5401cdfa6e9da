/** Other people's active output: shown only in a frame of opaque origin, without network. */

export interface ISandboxContent {
  mime: string;
  data: string;
}

interface IFrameMessage {
  trailbook: 'ready' | 'height';
  height?: number;
}

/** Above this height an output scrolls inside its frame. */
const MAX_HEIGHT = 640;

const SCRIPTS = ['application/javascript', 'text/javascript'];

/** What is never put into a page of ours, only into a frame. */
export const SANDBOXED_TYPES: readonly string[] = ['text/html', 'image/svg+xml', ...SCRIPTS];

/** Whether the content seems to bring a script; only decides who starts it, never whether it is safe. */
export function isActive({ mime, data }: ISandboxContent): boolean {
  return SCRIPTS.includes(mime) || /<script|\son\w+\s*=|javascript:/i.test(data);
}

/** Whether the page around is dark, in either host. */
export function isDark(): boolean {
  const lab = document.body.dataset.jpThemeLight;
  const chosen = document.documentElement.dataset.theme;
  if (lab !== undefined) {
    return lab === 'false';
  }
  return chosen ? chosen === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
}

const contents = new WeakMap<HTMLIFrameElement, ISandboxContent>();

/** A frame that shows one output. `url` is the host's address of `frame.html`. */
export function sandboxFrame(url: string, content: ISandboxContent): HTMLIFrameElement {
  // Adding the same listener again changes nothing.
  window.addEventListener('message', onMessage);
  const frame = document.createElement('iframe');
  frame.setAttribute('sandbox', 'allow-scripts');
  frame.referrerPolicy = 'no-referrer';
  frame.className = 'tb-frame';
  frame.title = 'Output';
  contents.set(frame, content);
  frame.src = url;
  return frame;
}

/** Answers a frame that is ready, also after it was moved; believes only a height, and caps it. */
function onMessage(event: MessageEvent): void {
  const frames = document.querySelectorAll<HTMLIFrameElement>('iframe.tb-frame');
  const frame = Array.from(frames).find(each => each.contentWindow === event.source);
  const content = frame && contents.get(frame);
  if (!frame || !content || !isFrameMessage(event.data)) {
    return;
  }
  if (event.data.trailbook === 'height') {
    frame.style.height = `${Math.min(Math.max(event.data.height ?? 0, 16), MAX_HEIGHT)}px`;
  } else {
    const { mime, data } = content;
    frame.contentWindow?.postMessage({ trailbook: 'show', mime, data, dark: isDark() }, '*');
  }
}

/** A frame, or the button that starts it when the content brings a script. */
export function sandboxBox(url: string, content: ISandboxContent): HTMLElement {
  const box = document.createElement('div');
  box.className = 'tb-sandbox';
  if (!isActive(content)) {
    box.append(sandboxFrame(url, content));
    return box;
  }
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'tb-button';
  button.textContent = 'Run this output';
  button.onclick = () => box.replaceChildren(sandboxFrame(url, content));
  const words = document.createElement('span');
  words.className = 'tb-quiet';
  words.textContent =
    'It contains a script. It runs in a closed frame, without network or sign-in.';
  box.append(button, words);
  return box;
}

function isFrameMessage(data: unknown): data is IFrameMessage {
  if (typeof data !== 'object' || data === null) {
    return false;
  }
  const { trailbook, height } = data as Partial<IFrameMessage>;
  return trailbook === 'ready' || (trailbook === 'height' && Number.isFinite(height));
}
