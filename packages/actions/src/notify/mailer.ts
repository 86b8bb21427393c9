import type { ActionOutcome } from '@tenuto/engine';
import { createTransport } from 'nodemailer';
import { refused } from '../action.ts';
import { mailError } from './mail-failure.ts';

/** One message; every address has been checked by its schema. */
export interface Mail {
  /** Without angle brackets; the same for every attempt, so that receivers can tell copies. */
  readonly messageId: string;
  readonly to: readonly string[];
  readonly cc?: readonly string[];
  readonly bcc?: readonly string[];
  readonly subject: string;
  readonly text?: string;
  readonly html?: string;
}

/** Sends mail by the operator's server. */
export interface Mailer {
  send(mail: Mail, signal: AbortSignal): Promise<ActionOutcome>;
}

/** What the operator has set; either may be missing. */
export interface MailSettings {
  /** `TENUTO_SMTP_URL`: `smtp://user:password@host:587` or `smtps://...`. */
  readonly smtpUrl: string | undefined;
  /** `TENUTO_MAIL_FROM`. */
  readonly from: string | undefined;
}

const CONNECT_MS = 10_000;
/** Silence after which the server is given up. */
const SOCKET_MS = 30_000;

/**
 * A mailer on the operator's server; without settings every message fails and says what is missing.
 * Each message has a connection of its own. Nodemailer may read no files and addresses: what a
 * message holds is text.
 */
export function createMailer({ smtpUrl, from }: MailSettings): Mailer {
  const missing =
    smtpUrl === undefined ? 'TENUTO_SMTP_URL' : from === undefined ? 'TENUTO_MAIL_FROM' : undefined;
  if (missing !== undefined) {
    const message = `Mail cannot be sent: the server's setting ${missing} is missing.`;
    return { send: async () => refused('mail_not_configured', message) };
  }
  const transport = createTransport({
    url: smtpUrl,
    connectionTimeout: CONNECT_MS,
    greetingTimeout: CONNECT_MS,
    dnsTimeout: CONNECT_MS,
    socketTimeout: SOCKET_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  const list = (addresses: readonly string[] = []) =>
    addresses.map((address) => ({ name: '', address }));
  return {
    async send({ messageId, to, cc, bcc, subject, text, html }, signal) {
      if (signal.aborted) return aborted;
      const message = {
        ...{ from, subject, messageId: `<${messageId}@tenuto>` },
        ...{ to: list(to), cc: list(cc), bcc: list(bcc) },
        ...(text !== undefined && { text }),
        ...(html !== undefined && { html }),
      };
      const sending = transport.sendMail(message).then(
        ({ accepted, rejected }) => sentOutcome({ messageId, accepted, rejected }),
        (error: unknown): ActionOutcome => ({ status: 'failed', error: mailError(error) }),
      );
      return await Promise.race([sending, whenAborted(signal)]);
    },
  };
}

interface Sent {
  readonly messageId: string;
  readonly accepted: readonly (string | { readonly address: string })[];
  readonly rejected: readonly (string | { readonly address: string })[];
}

/** Some recipients may have been refused; to send to them again would tell the others twice. */
function sentOutcome({ messageId, accepted, rejected }: Sent): ActionOutcome {
  const plain = (addresses: Sent['accepted']) =>
    addresses.map((one) => (typeof one === 'string' ? one : one.address));
  return {
    status: 'completed',
    output: { message_id: messageId, accepted: plain(accepted), rejected: plain(rejected) },
  };
}

const aborted: ActionOutcome = {
  status: 'cancelled',
  error: {
    classification: 'permanent',
    type: 'cancelled',
    message: 'The message was given up before the mail server had taken it.',
  },
};

function whenAborted(signal: AbortSignal): Promise<ActionOutcome> {
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(aborted), { once: true });
  });
}
