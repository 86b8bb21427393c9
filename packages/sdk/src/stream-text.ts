import { ApiError, ConnectionError, readProblem } from './errors.ts';
import { type Query, queryString, type TransportOptions } from './transport.ts';

interface TextCall {
  readonly path: string;
  readonly query: Query;
  readonly signal?: AbortSignal;
}

/**
 * Reads an answer that is not JSON as it comes, so that it need not fit into memory.
 * @throws ApiError for an error answer, ConnectionError when there is none, or it breaks off
 */
export async function* streamText(
  options: TransportOptions,
  { path, query, signal }: TextCall,
): AsyncGenerator<string> {
  const response = await options
    .fetch(options.base + path + queryString(query), {
      headers: options.token === undefined ? {} : { authorization: `Bearer ${options.token}` },
      redirect: 'manual',
      ...(signal !== undefined && { signal }),
    })
    .catch((cause: unknown) => {
      signal?.throwIfAborted();
      throw new ConnectionError(options.base, cause);
    });
  if (!response.ok || response.body === null) {
    const body: unknown = await response.json().catch(() => undefined);
    throw new ApiError(readProblem(response.status, body));
  }
  const reader = response.body.getReader();
  const decoder = new TextDecoder();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      yield decoder.decode(value, { stream: true });
    }
  } catch (cause) {
    signal?.throwIfAborted();
    throw new ConnectionError(options.base, cause);
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}
