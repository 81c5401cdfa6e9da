import { MessageLoop } from '@lumino/messaging';
import { Widget } from '@lumino/widgets';

/** A button of the bar. */
export interface IBarButton {
  label: string;
  run: () => void;
}

/** One line above a notebook that offers something and can be ignored. */
export class OfferBar extends Widget {
  constructor(words: string, buttons: IBarButton[]) {
    super();
    this.addClass('trailbook-OfferBar');
    this.node.append(this.line);
    this.line.append(this.sentence, this.buttons);
    this.sentence.setAttribute('role', 'status');
    this.buttons.className = 'trailbook-Buttons';
    for (const { label, run } of buttons) {
      const button = document.createElement('button');
      button.type = 'button';
      button.textContent = label;
      button.addEventListener('click', run);
      this.buttons.append(button);
    }
    this.words = words;
  }

  set words(words: string) {
    if (this.sentence.textContent !== words) {
      this.sentence.textContent = words;
      this.grow();
    }
  }

  focus(): void {
    this.buttons.querySelector('button')?.focus();
  }

  protected override onAfterAttach(): void {
    this.grow();
  }

  protected override onResize(): void {
    this.grow();
  }

  /** The layout around it knows no height but a fixed one: give it that of the wrapped words. */
  private grow(): void {
    const height = this.line.offsetHeight;
    if (height > 0 && height !== this.height && this.parent) {
      this.height = height;
      this.node.style.minHeight = `${height}px`;
      MessageLoop.postMessage(this.parent, Widget.Msg.FitRequest);
    }
  }

  private readonly line = document.createElement('div');
  private readonly sentence = document.createElement('span');
  private readonly buttons = document.createElement('div');
  private height = 0;
}
