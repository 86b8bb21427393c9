import { ApiError, ConnectionError, readProblem } from './errors.ts';
import { type Query, queryString, type TransportOptions } from './transport.ts';

export interface ByteCall {
  readonly path: string;
  readonly query?: Query;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/**
 * Reads an answer that is not JSON as it comes, so that it need not fit into memory.
 * @param onAnswer sees the headers before the first byte
 * @throws ApiError for an error answer, ConnectionError when there is none, or it breaks off
 */
export async function* streamBytes(
  options: TransportOptions,
  { path, query = {}, headers, signal }: ByteCall,
  onAnswer: (headers: Headers) => void = () => {},
): AsyncGenerator<Uint8Array> {
  const response = await options
    .fetch(options.base + path + queryString(query), {
      headers: {
        ...(options.token !== undefined && { authorization: `Bearer ${options.token}` }),
        ...headers,
      },
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
  onAnswer(response.headers);
  const reader = response.body.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      yield value;
    }
  } catch (cause) {
    signal?.throwIfAborted();
    throw new ConnectionError(options.base, cause);
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}
