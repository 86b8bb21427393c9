/** Asking a server to change something. */
import { type CallOptions, signalOf } from './reading.ts';
import type { Shape } from './shape.ts';
import { send, type TransportOptions } from './transport.ts';

export interface ChangeOptions extends CallOptions {
  /** The version that the change is meant for; another one is an ApiError of status 412. */
  readonly version?: number;
}

export interface SubmitOptions extends CallOptions {
  /** Names this request, so that sending it again makes nothing twice. Default: a new one. */
  readonly idempotencyKey?: string;
}

/** Makes something, once however often the request has to be sent. */
export function submit<T>(
  transport: TransportOptions,
  {
    path,
    body,
    shape,
  }: { readonly path: string; readonly body?: unknown; readonly shape: Shape<T> },
  { idempotencyKey = crypto.randomUUID(), ...options }: SubmitOptions = {},
): Promise<T> {
  return send(transport, {
    ...{ method: 'POST', path, shape, repeatable: true, ...signalOf(options) },
    ...(body !== undefined && { body }),
    headers: { 'idempotency-key': idempotencyKey },
  });
}

/** What changes one thing of a kind, by its id or name. */
export type Changer<T> = (
  method: 'PUT' | 'PATCH' | 'DELETE',
  id: string,
  options?: ChangeOptions,
  body?: unknown,
) => Promise<T>;

export function createChanger<T>(
  transport: TransportOptions,
  { pathOf, shape }: { readonly pathOf: (id: string) => string; readonly shape: Shape<T> },
): Changer<T> {
  return (method, id, { version, ...options } = {}, body) =>
    send(transport, {
      ...{ method, path: pathOf(id), shape, ...signalOf(options) },
      // Sent again, a change of a version that it has itself outdated would be refused.
      repeatable: version === undefined && method !== 'DELETE',
      ...(body !== undefined && { body }),
      ...(version !== undefined && { headers: { 'if-match': `"${version}"` } }),
    });
}

/** A change that an engine carries out. */
export interface AskOptions extends ChangeOptions {
  /** Answers at once that it is on its way, in place of waiting a short while for the engine. */
  readonly async?: boolean;
}

interface Change {
  readonly body?: unknown;
  /** Whether doing it twice is the same as once. */
  readonly repeatable: boolean;
  readonly options: AskOptions | undefined;
}

/** What posts a change to a path and reads what became of it. */
export type Asker = <T>(path: string, shape: Shape<T>, change: Change) => Promise<T>;

export function createAsker(transport: TransportOptions): Asker {
  return (path, shape, { body, repeatable, options = {} }) => {
    const { version, async, ...call } = options;
    return send(transport, {
      ...{ method: 'POST', path, shape, repeatable },
      headers: {
        ...(version !== undefined && { 'if-match': `"${version}"` }),
        ...(async && { prefer: 'respond-async' }),
      },
      ...(body !== undefined && { body }),
      ...signalOf(call),
    });
  };
}
