/**
 * What the pages' bundle has in the place of `@jupyterlab/services`: there is no Jupyter server
 * behind these pages, and the renderers name it only to find files there.
 */
export const ServerConnection = {
  ResponseError: class extends Error {},
  makeRequest: (): Promise<never> => Promise.reject(new Error('There is no Jupyter server.'))
};
