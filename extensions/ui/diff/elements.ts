type Child = Node | string;

/** An element with a class and content; a string is text, whatever it says. */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  className = '',
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  made.className = className;
  made.append(...children);
  return made;
}

export function button(words: string, press: () => void, className = ''): HTMLButtonElement {
  const made = element('button', className, words);
  made.type = 'button';
  made.onclick = press;
  return made;
}

/** Words for who hears the page. */
export const heard = (words: string): HTMLElement => element('span', 'tb-heard', words);

export interface IChoice<T extends string> {
  value: T;
  words: string;
}

let groups = 0;

/** Ways to show the same thing, of which one is chosen: by mouse, or by arrow keys. */
export function choiceBar<T extends string>(
  label: string,
  choices: readonly IChoice<T>[],
  chosen: T,
  choose: (value: T) => void
): HTMLFieldSetElement {
  const bar = element('fieldset', 'tb-Choices', element('legend', 'tb-heard', label));
  const name = `tb-choice-${(groups += 1)}`;
  for (const { value, words } of choices) {
    const input = element('input');
    input.type = 'radio';
    input.name = name;
    input.value = value;
    input.checked = value === chosen;
    input.onchange = () => choose(value);
    bar.append(element('label', '', input, element('span', '', words)));
  }
  return bar;
}
