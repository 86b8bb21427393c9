const KEY = 'idempotency-key';
/** So many are remembered at most; a page asks for one thing at a time. */
const MOST = 20;

/**
 * Creations that got no answer: whether they were carried out is unknown, so whoever asks for the very
 * same again asks with the same key, and gets one of it.
 */
export function createUnanswered() {
  const keys = new Map<string, string>();
  const nameOf = (input: RequestInfo | URL, { method, body }: RequestInit) =>
    JSON.stringify([method, String(input), typeof body === 'string' ? body : null]);
  return {
    /** The request with the key that it was first asked with. */
    withKey(input: RequestInfo | URL, init: RequestInit): RequestInit {
      const headers = new Headers(init.headers);
      const fresh = headers.get(KEY);
      if (fresh === null) return init;
      const name = nameOf(input, init);
      const key = keys.get(name) ?? fresh;
      keys.delete(name);
      keys.set(name, key);
      for (const oldest of [...keys.keys()].slice(0, -MOST)) keys.delete(oldest);
      headers.set(KEY, key);
      return { ...init, headers };
    },
    /** It was answered: the next one is another one. */
    forget(input: RequestInfo | URL, init: RequestInit): void {
      keys.delete(nameOf(input, init));
    },
  };
}
