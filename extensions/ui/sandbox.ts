import { Sanitizer } from '@jupyterlab/apputils';
import {
  errorRendererFactory,
  imageRendererFactory,
  latexRendererFactory,
  RenderMimeRegistry,
  textRendererFactory
} from '@jupyterlab/rendermime';
import type { IRenderMime } from '@jupyterlab/rendermime-interfaces';
import { Widget } from '@lumino/widgets';
import { SANDBOXED_TYPES, sandboxBox } from './frame';

export interface ISandboxOptions {
  /** Where the host serves `frame.html`. */
  frameUrl: string;
  markdownParser?: IRenderMime.IMarkdownParser | null;
  latexTypesetter?: IRenderMime.ILatexTypesetter | null;
}

const asText = (data: unknown): string => (Array.isArray(data) ? data.join('') : String(data));

/** Shows one MIME type in a frame of opaque origin. */
class FrameRenderer extends Widget implements IRenderMime.IRenderer {
  constructor(
    private readonly frameUrl: string,
    private readonly mime: string,
    private readonly toHtml?: (source: string) => Promise<string>
  ) {
    super();
    this.addClass('tb-FrameRenderer');
  }

  async renderModel(model: IRenderMime.IMimeModel): Promise<void> {
    const source = asText(model.data[this.mime]);
    const content = this.toHtml
      ? { mime: 'text/html', data: await this.toHtml(source) }
      : { mime: this.mime, data: source };
    this.node.replaceChildren(sandboxBox(this.frameUrl, content));
  }
}

/** Images as JupyterLab shows them, with a name for those who do not see them. */
const images: IRenderMime.IRendererFactory = {
  ...imageRendererFactory,
  createRenderer: options => {
    const widget = imageRendererFactory.createRenderer(options);
    const render = widget.renderModel.bind(widget);
    widget.renderModel = async model => {
      await render(model);
      widget.node.querySelector('img')?.setAttribute('alt', 'Plot');
    };
    return widget;
  }
};

/** Shows Markdown as it was written, where the host has no parser. */
class PlainRenderer extends Widget implements IRenderMime.IRenderer {
  constructor(private readonly mime: string) {
    super({ node: document.createElement('pre') });
    this.addClass('tb-PlainRenderer');
  }

  renderModel(model: IRenderMime.IMimeModel): Promise<void> {
    this.node.textContent = asText(model.data[this.mime]);
    return Promise.resolve();
  }
}

/**
 * Renderers under which nothing of other people's outputs runs in the host's origin.
 *
 * HTML, SVG, scripts and rendered Markdown go to a frame; the rest is text and raster images.
 */
export function sandboxRegistry(options: ISandboxOptions): RenderMimeRegistry {
  const { frameUrl, markdownParser, latexTypesetter } = options;
  const sanitizer = new Sanitizer();
  sanitizer.setAllowCommandLinker(false);
  sanitizer.setAllowNamedProperties(false);
  const framed: IRenderMime.IRendererFactory = {
    safe: true,
    mimeTypes: [...SANDBOXED_TYPES],
    defaultRank: 50,
    createRenderer: ({ mimeType }) => new FrameRenderer(frameUrl, mimeType)
  };
  const markdown: IRenderMime.IRendererFactory = {
    safe: true,
    mimeTypes: ['text/markdown'],
    defaultRank: 60,
    createRenderer: ({ mimeType }) =>
      markdownParser
        ? new FrameRenderer(frameUrl, mimeType, source => markdownParser.render(source))
        : new PlainRenderer(mimeType)
  };
  return new RenderMimeRegistry({
    initialFactories: [
      framed,
      markdown,
      latexRendererFactory,
      images,
      errorRendererFactory,
      textRendererFactory
    ],
    sanitizer,
    latexTypesetter: latexTypesetter ?? undefined
  });
}
