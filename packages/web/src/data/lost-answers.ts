import { LostAnswer } from '../logic/lost-answer.ts';
import { now } from './clock.ts';

const KEY = 'idempotency-key';
/** Who asks for the same later than that may well want it a second time. */
const KEPT_MS = 300_000;

/** Requests whose answer has not been seen, by all that they ask for, with the key that they went under. */
const unanswered = new Map<string, { readonly key: string; readonly at: number }>();

interface Sender {
  /** Who asks: what one person has asked for is not the same as what another one does. */
  readonly who: string | undefined;
  readonly send: (init: RequestInit) => Promise<Response>;
}

/**
 * Sends a change and reads its whole answer. What was lost on the way and is asked for again goes
 * under the key that it had, so that the server makes nothing twice.
 * @throws LostAnswer when no whole answer came
 */
export async function sendChange(
  url: string,
  init: RequestInit,
  { who, send }: Sender,
): Promise<Response> {
  const headers = new Headers(init.headers);
  const given = headers.get(KEY);
  const asked = JSON.stringify([who, init.method, url, init.body]);
  if (given !== null) headers.set(KEY, keyFor(asked, given));
  try {
    const response = await send({ ...init, headers });
    const { status, statusText } = response;
    const body = await response.blob();
    if (isDecided(response)) unanswered.delete(asked);
    const bare = body.size === 0 ? null : body;
    return new Response(bare, { status, statusText, headers: response.headers });
  } catch (cause) {
    throw onlyAsks(url, init.body) ? cause : new LostAnswer(given !== null, cause);
  }
}

/** Some questions are too long for an address, and nothing is changed by them. */
function onlyAsks(url: string, body: RequestInit['body']): boolean {
  return QUESTION.test(url) || (typeof body === 'string' && body.includes('"dry_run":true'));
}

const QUESTION = /[?&]dry_run=true|\/(validate|preview|check)$/;

function keyFor(asked: string, given: string): string {
  const known = unanswered.get(asked);
  if (known !== undefined && now() - known.at < KEPT_MS) return known.key;
  unanswered.set(asked, { key: given, at: now() });
  return given;
}

/** A conflict may be with the first of the two; of what a proxy or an overtaxed server says nothing follows. */
function isDecided({ ok, status }: Response): boolean {
  return ok || (status >= 400 && status < 500 && status !== 409 && status !== 429);
}
