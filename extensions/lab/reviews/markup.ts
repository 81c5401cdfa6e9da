/** What people write is shown with these elements and no others, and without their attributes. */
const KEPT = new Set(
  'P STRONG EM CODE PRE UL OL LI BLOCKQUOTE BR HR DEL TABLE THEAD TBODY TR TH TD'.split(' ')
);
const DROPPED = new Set([
  'SCRIPT',
  'STYLE',
  'TEMPLATE',
  'IFRAME',
  'OBJECT',
  'EMBED',
  'SVG',
  'MATH'
]);

/**
 * Rendered Markdown built anew of harmless elements: no image, style, id or handler comes along,
 * so that nothing is loaded, covers what is ours, or passes for it.
 */
export function harmless(html: string): DocumentFragment {
  // A document of DOMParser is inert: nothing in it runs or loads.
  const parsed = new DOMParser().parseFromString(html, 'text/html');
  const made = document.createDocumentFragment();
  copy(parsed.body, made);
  return made;
}

function copy(from: Node, to: Node): void {
  for (const node of from.childNodes) {
    if (node instanceof Text) {
      to.appendChild(document.createTextNode(node.data));
    } else if (node instanceof Element && !DROPPED.has(node.tagName.toUpperCase())) {
      const made = elementFor(node);
      if (made) {
        to.appendChild(made);
      }
      copy(node, made ?? to);
    }
  }
}

function elementFor(node: Element): HTMLElement | null {
  const tag = node.tagName.toUpperCase();
  if (KEPT.has(tag)) {
    return document.createElement(tag);
  }
  if (/^H[1-6]$/.test(tag)) {
    const made = document.createElement('p');
    made.className = 'trailbook-heading';
    return made;
  }
  const address = node.getAttribute('href') ?? '';
  if (tag === 'A' && /^https?:\/\//i.test(address)) {
    const made = document.createElement('a');
    made.href = address;
    made.rel = 'noopener noreferrer';
    made.target = '_blank';
    return made;
  }
  return null;
}
