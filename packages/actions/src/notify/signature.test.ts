import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { Webhook } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import { SECRET_BYTES, webhookSecret, webhookSignature } from './signature.ts';

interface Vector {
  readonly id: string;
  readonly secret: string;
  readonly msg_id: string;
  readonly timestamp: number;
  readonly body_b64: string;
  readonly signature: string;
}

const folder = process.env.TENUTO_VECTORS ?? 'vectors';
const file = join(folder, 'webhooks/signatures.json');
const vectors: readonly Vector[] = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : [];

describe('a signature', () => {
  it('is that of the specification', () => {
    // The literal of the reference implementations.
    const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
    const id = 'msg_p5jXN8AQM9LWM0D4loKWxJek';
    const signed = { id, timestamp: 1_614_265_330, body: '{"test": 2432232314}' };
    expect(webhookSignature([secret], signed)).toBe(
      'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    );
  });

  it.runIf(vectors.length > 0)(`agrees with ${vectors.length} vectors, bytes among them`, () => {
    for (const { id, secret, msg_id, timestamp, body_b64, signature } of vectors) {
      const signed = { id: msg_id, timestamp, body: Buffer.from(body_b64, 'base64') };
      expect([id, webhookSignature([secret], signed)]).toEqual([id, signature]);
    }
  });

  it('is accepted by the library that receivers use, whatever is sent', () => {
    fc.assert(
      fc.property(fc.json(), fc.uuid(), (body, id) => {
        const secret = webhookSecret(randomBytes(SECRET_BYTES));
        const timestamp = Math.floor(Date.now() / 1_000);
        const headers = {
          'webhook-id': id,
          'webhook-timestamp': String(timestamp),
          'webhook-signature': webhookSignature([secret], { id, timestamp, body }),
        };
        expect(new Webhook(secret).verify(body, headers)).toEqual(JSON.parse(body));
        expect(() => new Webhook(secret).verify(`${body} `, headers)).toThrow('No matching');
      }),
    );
  });

  it('is made with each secret, so that the receiver may still have the one before', () => {
    const [newer, older] = [randomBytes(32), randomBytes(32)].map(webhookSecret);
    const timestamp = Math.floor(Date.now() / 1_000);
    const signature = webhookSignature([newer ?? '', older ?? ''], {
      id: 'a',
      timestamp,
      body: '{}',
    });
    const headers = {
      'webhook-id': 'a',
      'webhook-timestamp': String(timestamp),
      'webhook-signature': signature,
    };
    for (const secret of [newer, older]) {
      expect(new Webhook(secret ?? '').verify('{}', headers)).toEqual({});
    }
  });

  it.each([
    '',
    'whsec_',
    'whsec_!',
    'whsec_abc',
    'whsec_YQ=',
    'not base64 at all',
  ])('is not made with the secret %j', (secret) => {
    const signed = { id: 'a', timestamp: 0, body: '' };
    expect(() => webhookSignature([secret], signed)).toThrow(TypeError);
  });
});

const scenarios = join(folder, 'webhooks/scenarios.json');
describe.runIf(existsSync(scenarios))('what receivers refuse', () => {
  const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
  const body = '{"a":1}';
  const timestamp = Math.floor(Date.now() / 1_000);
  const good = webhookSignature([secret], { id: 'msg_1', timestamp, body });
  const headers: Record<string, string> = {
    'webhook-id': 'msg_1',
    'webhook-timestamp': String(timestamp),
    'webhook-signature': good,
  };
  const without = (name: string) =>
    Object.fromEntries(Object.entries(headers).filter(([key]) => key !== name));
  const verify = (sent: Record<string, string>, text = body) =>
    new Webhook(secret).verify(text, sent);
  const cases: Record<string, () => unknown> = {
    'wh-s12': () => verify({ ...headers, 'webhook-signature': `v1,bad v2,bad ${good} v1,bad` }),
    'wh-s09': () => verify(headers),
    'wh-s01': () => webhookSignature(['whsec_'], { id: 'a', timestamp, body }),
    'wh-s02': () => verify(without('webhook-id')),
    'wh-s16': () => verify(headers, '{"a": 1}'),
    'wh-s06': () => verify({ ...headers, 'webhook-signature': 'v1,dawfeoifkpqwoekfpqoekf' }),
    'wh-s04': () => verify({ ...headers, 'webhook-timestamp': 'hello' }),
    'wh-s05': () => verify(without('webhook-signature')),
    'wh-s03': () => verify(without('webhook-timestamp')),
  };
  const known: readonly { id: string; scenario: string; expect: string }[] = existsSync(scenarios)
    ? JSON.parse(readFileSync(scenarios, 'utf8'))
    : [];

  it.each(known)('$id: $scenario', ({ id, expect: wanted }) => {
    const carryOut = cases[id];
    if (carryOut === undefined) throw new Error(`the scenario ${id} is not known here`);
    if (wanted === 'accept') expect(carryOut()).toEqual({ a: 1 });
    else expect(carryOut).toThrow();
  });
});
