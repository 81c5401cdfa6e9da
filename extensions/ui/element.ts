/** An element with a class and with what is in it; text is text, never markup. */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  className: string,
  ...inside: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  if (className) {
    made.className = className;
  }
  made.append(...inside);
  return made;
}

/** A button that does something when it is pressed. */
export function pressButton(
  words: string,
  className: string,
  press: () => unknown
): HTMLButtonElement {
  const made = element('button', className, words);
  made.type = 'button';
  made.onclick = () => void press();
  return made;
}
