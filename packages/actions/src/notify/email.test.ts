import { createServer } from 'node:net';
import type { JsonObject } from '@tenuto/contract';
import type { ActionCall } from '@tenuto/engine';
import fc from 'fast-check';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { describe, expect, it, onTestFinished } from 'vitest';
import { channels } from '../../test/notify.ts';
import { callWith, errorOf, listen, outputOf } from '../http/http.fixture.ts';
import { createActionRegistry } from '../registry.ts';
import { notifyEmail } from './email.ts';
import { createMailer } from './mailer.ts';

interface Envelope {
  readonly from: string;
  readonly to: readonly string[];
  readonly raw: string;
}

/** A mail server on loopback. */
async function mailServer(options: SMTPServerOptions = {}) {
  const received: Envelope[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData(stream, { envelope }, callback) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        received.push({
          from: envelope.mailFrom ? envelope.mailFrom.address : '',
          to: envelope.rcptTo.map(({ address }) => address),
          raw: Buffer.concat(chunks).toString(),
        });
        callback();
      });
    },
    ...options,
  });
  server.on('error', () => undefined);
  onTestFinished(() => new Promise((resolve) => server.close(() => resolve())));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  const address = server.server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return { port: address.port, received };
}

function openMail(port: number, { credentials = '', from = 'tenuto@example.com' } = {}) {
  const mailer = createMailer({ smtpUrl: `smtp://${credentials}127.0.0.1:${port}`, from });
  const to = ['ops@example.com', 'qa@example.com'];
  const find = channels({
    ops: { type: 'email', to, active: true },
    hook: { type: 'webhook', url: 'https://x.example/', secrets: [], active: true },
  });
  const registry = createActionRegistry([notifyEmail({ mailer, channel: find })]);
  return async (parameters: JsonObject, over: Partial<ActionCall> = {}) =>
    registry.run(callWith(parameters, { uses: 'notify.email', ...over }));
}

const hello = { to: 'ops@example.com', subject: 'hello', text: 'it is done' };
const failing = (responseCode: number): SMTPServerOptions => ({
  onRcptTo: (_address, _session, callback) =>
    callback(Object.assign(new Error('not this time'), { responseCode })),
});

describe('a message', () => {
  it('is sent from the operator’s address, with what it says', async () => {
    const { port, received } = await mailServer();
    const outcome = await openMail(port, { from: 'Tenuto <tenuto@example.com>' })({
      ...hello,
      subject: 'grüße',
      html: '<b>it is done</b>',
      cc: ['boss@example.com'],
      bcc: 'silent@example.com',
    });
    expect(outputOf(outcome)).toMatchObject({
      accepted: ['ops@example.com', 'boss@example.com', 'silent@example.com'],
      rejected: [],
    });
    const [mail] = received;
    expect(mail?.from).toBe('tenuto@example.com');
    expect(mail?.to).toHaveLength(3);
    expect(mail?.raw).toContain('From: Tenuto <tenuto@example.com>');
    expect(mail?.raw).toContain('Subject: =?UTF-8?Q?gr=C3=BC=C3=9Fe?=');
    expect(mail?.raw).toContain('it is done');
    expect(mail?.raw).not.toContain('silent@example.com');
  });

  it('has one Message-ID for all attempts', async () => {
    const { port, received } = await mailServer();
    const run = openMail(port);
    await run(hello, { attempt: 1 });
    await run(hello, { attempt: 2 });
    const ids = received.map(({ raw }) => /^Message-ID: (.*)$/m.exec(raw)?.[1]);
    expect(ids[0]).toMatch(/^<[0-9a-f]{32}@tenuto>/);
    expect(ids[1]).toBe(ids[0]);
  });

  it('goes to the addresses of a channel', async () => {
    const { port, received } = await mailServer();
    await openMail(port)({ channel: 'ops', subject: 'x' });
    expect(received[0]?.to).toEqual(['ops@example.com', 'qa@example.com']);
    expect(errorOf(await openMail(port)({ channel: 'hook', subject: 'x' })).type).toBe(
      'wrong_channel',
    );
  });

  it('is authenticated by what the operator’s address says', async () => {
    const { port } = await mailServer({
      authOptional: false,
      allowInsecureAuth: true,
      onAuth: ({ username, password }, _session, callback) =>
        username === 'me' && password === 'p@ss' ? callback(null, { user: 'me' }) : callback(null),
    });
    expect((await openMail(port, { credentials: 'me:p%40ss@' })(hello)).status).toBe('completed');
    const wrong = await openMail(port, { credentials: 'me:other-password@' })(hello);
    expect(errorOf(wrong)).toMatchObject({ classification: 'permanent', type: 'mail_auth' });
    expect(JSON.stringify(wrong)).not.toContain('other-password');
  });
});

describe('what could become a header', () => {
  it.each([
    'a\r\nBcc: eve@example.com',
    'a\nb',
    'a\rb',
    'a\0b',
    'a\u2028b',
    '',
  ])('is refused in the subject %j', async (subject) => {
    const { port, received } = await mailServer();
    expect(errorOf(await openMail(port)({ ...hello, subject })).type).toBe('invalid_parameters');
    expect(received).toEqual([]);
  });

  it.each([
    'a@example.com\r\nRCPT TO:<eve@example.com>',
    'a@example.com, eve@example.com',
    'A <a@example.com>',
    '"a b"@example.com',
    'a@example.com>',
    'a b@example.com',
    '@example.com',
    'a@',
    'a@-example.com',
    'a@exa mple.com',
    'a..b@example.com',
    `${'a'.repeat(250)}@example.com`,
  ])('is refused as an address: %j', async (to) => {
    const { port, received } = await mailServer();
    for (const field of ['to', 'cc', 'bcc']) {
      const outcome = await openMail(port)({ ...hello, [field]: [to] });
      expect(errorOf(outcome).type).toBe('invalid_parameters');
    }
    expect(received).toEqual([]);
  });

  it('is data: whatever the text is, the headers and the envelope are the same', async () => {
    const { port, received } = await mailServer();
    const run = openMail(port);
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 200 }), async (text) => {
        received.length = 0;
        await run({ ...hello, text: `\r\n.\r\nMAIL FROM:<eve@example.com>\r\n${text}` });
        expect(received).toHaveLength(1);
        expect(received[0]?.to).toEqual(['ops@example.com']);
        const [head = ''] = received[0]?.raw.split('\r\n\r\n') ?? [];
        expect(head.match(/^(To|From|Subject|Bcc|Cc): .*$/gm)).toEqual([
          'From: tenuto@example.com',
          'To: ops@example.com',
          'Subject: hello',
        ]);
      }),
      { numRuns: 30 },
    );
  });

  it('reads no file and no address', async () => {
    const { port } = await mailServer();
    const outcome = await openMail(port)({ ...hello, text: { path: '/etc/passwd' } });
    expect(errorOf(outcome).type).toBe('invalid_parameters');
  });
});

describe('recipients', () => {
  it('are 20 at most, all fields together', async () => {
    const { port, received } = await mailServer();
    const some = (count: number) => Array.from({ length: count }, (_, i) => `r${i}@example.com`);
    const run = openMail(port);
    const many = await run({ subject: 'x', to: some(15), cc: some(6) });
    expect(errorOf(many).type).toBe('too_many_recipients');
    expect((await run({ subject: 'x', to: some(15), cc: some(5) })).status).toBe('completed');
    expect(errorOf(await run({ subject: 'x', to: some(21) })).type).toBe('invalid_parameters');
    expect(errorOf(await run({ subject: 'x' })).message).toContain('Give to or channel');
    expect(received).toHaveLength(1);
  });

  it('of whom some are refused are told of, and the others not told twice', async () => {
    const { port } = await mailServer({
      onRcptTo: ({ address }, _session, callback) =>
        callback(address.startsWith('no') ? new Error('no such user') : null),
    });
    const outcome = await openMail(port)({ ...hello, to: ['yes@example.com', 'no@example.com'] });
    expect(outputOf(outcome)).toMatchObject({
      accepted: ['yes@example.com'],
      rejected: ['no@example.com'],
    });
  });
});

describe('a failure', () => {
  it.each([
    [421, 'transient', 'mail_deferred'],
    [451, 'transient', 'mail_deferred'],
    [550, 'permanent', 'mail_refused'],
    [554, 'permanent', 'mail_refused'],
  ])('with reply %i is %s', async (code, classification, type) => {
    const { port } = await mailServer(failing(code));
    expect(errorOf(await openMail(port)(hello))).toMatchObject({
      classification,
      type,
      details: { status: code },
    });
  });

  it('passes when one of the recipients was only deferred', async () => {
    const { port } = await mailServer({
      onRcptTo: ({ address }, _session, callback) =>
        callback(
          Object.assign(new Error('no'), { responseCode: address.startsWith('a') ? 550 : 450 }),
        ),
    });
    const outcome = await openMail(port)({ ...hello, to: ['a@example.com', 'b@example.com'] });
    expect(errorOf(outcome)).toMatchObject({ classification: 'transient' });
  });

  it('to reach the server is transient', async () => {
    expect(errorOf(await openMail(1)(hello))).toMatchObject({
      classification: 'transient',
      type: 'connection_failed',
    });
    const port = await listen(createServer((socket) => socket.destroy()));
    expect(errorOf(await openMail(port)(hello)).classification).toBe('transient');
  });

  it('that the operator has to mend names the setting', async () => {
    for (const [settings, name] of [
      [{ smtpUrl: undefined, from: 'a@example.com' }, 'TENUTO_SMTP_URL'],
      [{ smtpUrl: 'smtp://127.0.0.1', from: undefined }, 'TENUTO_MAIL_FROM'],
    ] as const) {
      const action = notifyEmail({ mailer: createMailer(settings), channel: channels({}) });
      const error = errorOf(await action.run(callWith(hello)));
      expect(error).toMatchObject({ classification: 'validation', type: 'mail_not_configured' });
      expect(error.message).toContain(name);
    }
  });

  it('is being cancelled while the server is silent', async () => {
    const controller = new AbortController();
    const port = await listen(createServer(() => controller.abort()));
    const outcome = await openMail(port)(hello, { signal: controller.signal });
    expect(outcome.status).toBe('cancelled');
    expect((await openMail(port)(hello, { signal: controller.signal })).status).toBe('cancelled');
  });
});
