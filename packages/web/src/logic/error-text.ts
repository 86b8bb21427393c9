import { ApiError, ConnectionError, ProtocolError } from '@tenuto/sdk';
import { ERROR_WORDS as words } from '../words-error.ts';
import { LostAnswer } from './lost-answer.ts';

/** What went wrong, in words for who looks at the page. */
export interface Told {
  /** Absent where nothing better can be said than what was tried. */
  readonly title?: string | undefined;
  readonly text: string;
  /** What to do about it. */
  readonly remedy?: string | undefined;
}

/** An error as people are told it. */
export function toldOf(error: unknown): Told {
  if (error instanceof ApiError) return ofAnswer(error);
  if (error instanceof ConnectionError) return ofSilence(error.cause);
  if (error instanceof ProtocolError) return words.foreign;
  return { text: error instanceof Error ? error.message : String(error) };
}

function ofSilence(cause: unknown): Told {
  if (cause instanceof LostAnswer) {
    const { title, text, once, look } = words.lost;
    return { title, text, remedy: cause.isOnce ? once : look };
  }
  return cause instanceof DOMException && cause.name === 'TimeoutError' ? words.late : words.silent;
}

function ofAnswer(error: ApiError): Told {
  if (error.status === 401) return words.signedOut;
  const { problem, retryAfterSeconds: seconds } = error;
  const waits = seconds === undefined || seconds === 0 ? undefined : words.waits(seconds);
  const bare =
    problem.error_code === `http_${problem.status}` ? ofStatus(problem.status) : undefined;
  const { title, text, remedy } = bare ?? {
    ...{ title: problem.title, text: textOf(error), remedy: error.remedy },
  };
  return { title, text, remedy: [remedy, waits].filter(Boolean).join(' ') || undefined };
}

/** What a status says by itself, where nothing else came with it. */
function ofStatus(status: number): Told {
  const { busy, away, failed, refused } = words;
  if (status === 429) return busy;
  if (status >= 502 && status <= 504) return { title: away.title, text: away.text(status) };
  const { title, text, remedy } = status >= 500 ? failed : refused;
  return { title, text: text(status), remedy };
}

/** With what was wrong with each field. */
function textOf({ message, validationErrors }: ApiError): string {
  const fields = validationErrors.map(({ path, message: wrong }) => `${path}: ${wrong}`);
  // The sentence of the server is often that about the first field.
  const isRepeated = validationErrors.some(({ message: wrong }) => message.includes(wrong));
  return [...(isRepeated ? [] : [message]), ...fields].join(' · ');
}
