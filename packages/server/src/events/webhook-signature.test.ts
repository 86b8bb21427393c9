import { createHmac } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { secretProblem, verifyPost } from './webhook-signature.ts';

const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const KEY = Buffer.alloc(32, 7);
const NOW = 1_700_000_000;
const BODY = '{"a": 1}';
const base64 = (text: string, key: string | Buffer = KEY) =>
  createHmac('sha256', key).update(text).digest('base64');
const hex = (text: string, key: string) => createHmac('sha256', key).update(text).digest('hex');

interface Sent {
  readonly id?: string | undefined;
  readonly timestamp?: string | undefined;
  readonly signature?: string | undefined;
  readonly body?: string;
}

function standard(sent: Sent, { secret = SECRET, at = NOW } = {}): boolean {
  const { id = 'msg_1', timestamp = String(NOW), body = BODY } = sent;
  const headers = {
    ...('id' in sent && sent.id === undefined ? {} : { 'webhook-id': id }),
    ...('timestamp' in sent && sent.timestamp === undefined
      ? {}
      : { 'webhook-timestamp': timestamp }),
    ...('signature' in sent && sent.signature === undefined
      ? {}
      : { 'webhook-signature': sent.signature ?? `v1,${base64(`${id}.${timestamp}.${BODY}`)}` }),
  };
  return verifyPost('standard', secret, { headers, body: Buffer.from(body), at: at * 1000 })
    .genuine;
}

describe('a message by Standard Webhooks', () => {
  const good = `v1,${base64(`msg_1.${NOW}.${BODY}`)}`;
  const bad = `v1,${base64('something else')}`;

  it('is genuine when its signature is', () => {
    expect(standard({})).toBe(true);
  });

  it.each<[string, Sent]>([
    ['without webhook-id', { id: undefined }],
    ['without webhook-timestamp', { timestamp: undefined }],
    ['without webhook-signature', { signature: undefined }],
    ['with a timestamp that is none', { timestamp: 'hello' }],
    ['with a timestamp that is no whole number', { timestamp: '1.7e9' }],
    ['with a signature of another message', { signature: bad }],
    ['with a signature that is none', { signature: 'v1,dawfeoifkpqwoekfpqoekf' }],
    ['with a signature without a version', { signature: good.slice('v1,'.length) }],
    ['with the right signature under another version', { signature: good.replace('v1', 'v1a') }],
    ['with an empty signature', { signature: 'v1,' }],
    ['with a body that was written anew', { body: '{"a":1}' }],
    ['with an empty body', { body: '' }],
  ])('is refused %s', (_, sent) => {
    expect(standard(sent)).toBe(false);
  });

  it('is genuine when one of several signatures is', () => {
    expect(standard({ signature: `${bad} v2,${bad} ${good} ${bad}` })).toBe(true);
    expect(standard({ signature: `${bad} ${bad}` })).toBe(false);
  });

  it('is good for five minutes, either way', () => {
    for (const [apart, genuine] of [
      [300, true],
      [301, false],
      [-300, true],
      [-301, false],
    ] as const) {
      expect([apart, standard({}, { at: NOW + apart })]).toEqual([apart, genuine]);
    }
  });

  it('is refused without a secret, and with one that is none', () => {
    for (const secret of ['', 'whsec_', 'whsec_***', 'not base64!']) {
      expect([secret, standard({}, { secret })]).toEqual([secret, false]);
    }
    expect(standard({}, { secret: SECRET.slice('whsec_'.length) })).toBe(true);
  });

  it('is refused whatever is changed in what was signed', () => {
    fc.assert(
      fc.property(fc.string(), fc.string({ minLength: 1 }), (id, body) => {
        fc.pre(body !== BODY || (id.trim() !== 'msg_1' && id.trim() !== ''));
        expect(standard({ id: id.trim() || 'x', signature: good, body })).toBe(false);
      }),
    );
  });
});

describe('other schemes', () => {
  const post = (headers: Record<string, string>, at = NOW) => ({
    headers,
    body: Buffer.from(BODY),
    at: at * 1000,
  });

  it('take what GitHub sends', () => {
    const signed = { 'x-hub-signature-256': `sha256=${hex(BODY, 'key')}` };
    expect(verifyPost('github', 'key', post(signed)).genuine).toBe(true);
    expect(verifyPost('github', 'other', post(signed)).genuine).toBe(false);
    expect(verifyPost('github', 'key', post({})).genuine).toBe(false);
    const sha1 = { 'x-hub-signature': `sha1=${hex(BODY, 'key')}` };
    expect(verifyPost('github', 'key', post(sha1)).genuine).toBe(false);
    const bare = { 'x-hub-signature-256': hex(BODY, 'key') };
    expect(verifyPost('github', 'key', post(bare)).genuine).toBe(false);
  });

  it('take the example in the documentation of GitHub', () => {
    const verdict = verifyPost('github', "It's a Secret to Everybody", {
      headers: {
        'x-hub-signature-256':
          'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17',
      },
      body: Buffer.from('Hello, World!'),
      at: 0,
    });
    expect(verdict.genuine).toBe(true);
  });

  it('take what Stripe sends, with two signatures while a secret changes', () => {
    const signature = (t: number) =>
      `t=${t},v1=${hex('x', 'k')},v1=${hex(`${t}.${BODY}`, 'key')},v0=x`;
    const sent = (t: number, at = NOW) =>
      verifyPost('stripe', 'key', post({ 'stripe-signature': signature(t) }, at));
    expect(sent(NOW).genuine).toBe(true);
    expect(sent(NOW, NOW + 301).genuine).toBe(false);
    const first = sent(NOW);
    const again = sent(NOW + 60, NOW + 60);
    expect(again).toEqual(first);
    for (const header of ['', 't=,v1=', `v1=${hex(BODY, 'key')}`, `t=${NOW}`, `t=${NOW},v1=zz`]) {
      expect(verifyPost('stripe', 'key', post({ 'stripe-signature': header })).genuine).toBe(false);
    }
  });

  it('take a plain HMAC, in hex or base64, with a time or without', () => {
    const genuine = (headers: Record<string, string>, at = NOW) =>
      verifyPost('hmac', 'key', post(headers, at)).genuine;
    expect(genuine({ 'x-signature': hex(BODY, 'key') })).toBe(true);
    expect(genuine({ 'x-signature': `sha256=${hex(BODY, 'key')}` })).toBe(true);
    expect(genuine({ 'x-signature': base64(BODY, 'key') })).toBe(true);
    const timed = { 'x-timestamp': String(NOW), 'x-signature': hex(`${NOW}.${BODY}`, 'key') };
    expect(genuine(timed)).toBe(true);
    expect(genuine(timed, NOW + 400)).toBe(false);
    expect(genuine({ 'x-signature': timed['x-signature'] })).toBe(false);
    expect(genuine({ ...timed, 'x-signature': hex(BODY, 'key') })).toBe(false);
    expect(genuine({ 'x-signature': '' })).toBe(false);
  });

  it('refuse everything without a secret', () => {
    for (const scheme of ['standard', 'github', 'stripe', 'hmac'] as const) {
      for (const secret of [undefined, '']) {
        const headers = {
          'x-hub-signature-256': `sha256=${hex(BODY, '')}`,
          'x-signature': hex(BODY, ''),
          'stripe-signature': `t=${NOW},v1=${hex(`${NOW}.${BODY}`, '')}`,
          'webhook-id': 'a',
          'webhook-timestamp': String(NOW),
          'webhook-signature': `v1,${base64(`a.${NOW}.${BODY}`, '')}`,
        };
        expect([scheme, verifyPost(scheme, secret, post(headers)).genuine]).toEqual([
          scheme,
          false,
        ]);
      }
      expect(secretProblem(scheme, ' ')).toBe('must not be empty');
    }
  });
});

const file = join(process.env.TENUTO_VECTORS ?? '', 'webhooks/signatures.json');
interface Vector {
  readonly id: string;
  readonly secret: string;
  readonly msg_id: string;
  readonly timestamp: number;
  readonly body_b64: string;
  readonly signature: string;
}

describe.skipIf(!existsSync(file))('the vectors of Standard Webhooks', () => {
  const vectors: Vector[] = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : [];
  it.each(vectors)('$id is genuine, and is not with another secret', (vector) => {
    const body = Buffer.from(vector.body_b64, 'base64');
    const verify = (msgId: string, secret = vector.secret) =>
      verifyPost('standard', secret, {
        headers: {
          'webhook-id': msgId,
          'webhook-timestamp': String(vector.timestamp),
          'webhook-signature': vector.signature,
        },
        ...{ body, at: vector.timestamp * 1000 },
      }).genuine;
    expect(verify(vector.msg_id)).toBe(true);
    // As it is when its bytes were sent as UTF-8 and read one by one.
    expect(verify(Buffer.from(vector.msg_id, 'utf8').toString('latin1'))).toBe(true);
    expect(verify(vector.msg_id, SECRET)).toBe(false);
    expect(verify(`${vector.msg_id}x`)).toBe(false);
  });
});
