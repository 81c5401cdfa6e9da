/**
 * How a host reaches the API: `path` is relative to the API's root, without a leading slash.
 *
 * JupyterLab passes `ServerConnection.makeRequest`, the reader `fetch` with the XSRF header.
 */
export type Requester = (path: string, init: RequestInit) => Promise<Response>;

/** The API said no, with a sentence for people. */
export class ApiError extends Error {
  constructor(
    readonly code: string,
    readonly status: number,
    message: string
  ) {
    super(message);
    this.name = 'ApiError';
  }
}

type QueryValue = string | number | boolean | null | undefined;

/** `?a=1&b=x`, without what is not set; booleans as 1 and 0. */
export function query(values: Record<string, QueryValue>): string {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(values)) {
    if (value !== null && value !== undefined) {
      search.set(key, typeof value === 'boolean' ? String(Number(value)) : String(value));
    }
  }
  const text = search.toString();
  return text && `?${text}`;
}

/** How both clients ask: answers as JSON, refusals as `ApiError`. */
export class Api {
  constructor(private readonly request: Requester) {}

  protected async read<T>(path: string): Promise<T> {
    return (await (await this.ask(path, {})).json()) as T;
  }

  protected async write<T>(method: string, path: string, body?: unknown): Promise<T> {
    const init: RequestInit = { method };
    if (body !== undefined) {
      init.body = JSON.stringify(body);
      init.headers = { 'Content-Type': 'application/json' };
    }
    const text = await (await this.ask(path, init)).text();
    return (text ? JSON.parse(text) : undefined) as T;
  }

  protected async ask(path: string, init: RequestInit): Promise<Response> {
    const response = await this.request(path, init);
    if (response.ok) {
      return response;
    }
    throw await apiError(response);
  }
}

async function apiError(response: Response): Promise<ApiError> {
  const words = `The server answered ${response.status} ${response.statusText}`.trim();
  try {
    const { code, message } = (await response.json()) as { code?: string; message?: string };
    return new ApiError(code ?? 'error', response.status, message ?? words);
  } catch {
    return new ApiError('error', response.status, words);
  }
}
