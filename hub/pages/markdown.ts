import type { IRenderMime } from '@jupyterlab/rendermime-interfaces';

/**
 * Markdown to HTML that is shown in the sandboxed frame and nowhere else; loaded when some is read.
 */
export const markdownParser: IRenderMime.IMarkdownParser = {
  render: async source => {
    const { marked } = await import('marked');
    return marked.parse(source);
  }
};
