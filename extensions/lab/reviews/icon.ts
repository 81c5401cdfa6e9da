import { LabIcon } from '@jupyterlab/ui-components';

/** Two people speaking about a line. */
export const commentIcon = new LabIcon({
  name: 'trailbook:comment',
  svgstr:
    '<svg xmlns="http://www.w3.org/2000/svg" width="16" viewBox="0 0 24 24"><path class="jp-icon3" fill="#616161" d="M4 4h16a1 1 0 0 1 1 1v11a1 1 0 0 1-1 1h-8l-5 4v-4H4a1 1 0 0 1-1-1V5a1 1 0 0 1 1-1zm1 2v9h4v2l2.6-2H19V6zm2 2h10v1.6H7zm0 3.2h7v1.6H7z"/></svg>'
});
