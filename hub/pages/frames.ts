import { sandboxBox } from '../../extensions/ui/frame';
import { ask } from './host';

/** Fill the boxes of active outputs as they come near the window. */
export function fillFrames(root: ParentNode): void {
  for (const box of root.querySelectorAll<HTMLElement>('.frame-room[data-mime]')) {
    near.observe(box);
  }
}

const near = new IntersectionObserver(
  entries => {
    for (const { isIntersecting, target } of entries) {
      if (isIntersecting) {
        near.unobserve(target);
        void fill(target as HTMLElement);
      }
    }
  },
  { rootMargin: '600px' }
);

async function fill(box: HTMLElement): Promise<void> {
  const { frame = '', mime = '', content, source = '' } = box.dataset;
  let data = content;
  if (data === undefined) {
    const response = await ask(source);
    if (!response.ok) {
      box.textContent = 'This output could not be loaded. Reload the page to try again.';
      return;
    }
    data = await response.text();
  }
  delete box.dataset.content;
  box.replaceChildren(sandboxBox(frame, { mime, data }));
}
