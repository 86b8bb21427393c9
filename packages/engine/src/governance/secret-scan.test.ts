import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { entropy, findSecrets } from './secret-scan.ts';

/** Keys are put together here, so that this file holds none. */
const letters = (count: number) =>
  Array.from({ length: count }, (_, i) => 'aB3dE5gH7jK9mN1pQ4sT6vW8yZ'[(i * 7 + 3) % 26]).join('');
const lower = (count: number) => letters(count).toLowerCase();
const upper = (count: number) => letters(count).toUpperCase();
const base64 = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
const JWT = [
  base64({ alg: 'HS256', typ: 'JWT' }),
  base64({ sub: 'ann', iat: 1_700_000_000 }),
  letters(43),
].join('.');
const PEM = (kind: string) =>
  `-----BEGIN ${kind}PRIVATE KEY-----\n${letters(64)}\n${letters(64)}\n-----END ${kind}PRIVATE KEY-----`;

const SECRETS: readonly (readonly [string, string])[] = [
  ['AWS access key', `AKIA${upper(16)}`],
  ['GitHub token', `ghp_${letters(36)}`],
  ['GitHub token', `github_pat_${letters(22)}_${letters(59)}`],
  ['GitLab token', `glpat-${letters(20)}`],
  ['Slack token', `xoxb-2718281828459-${letters(24)}`],
  ['Slack webhook', `https://hooks.slack.com/services/T${upper(9)}/B${upper(9)}/${letters(24)}`],
  ['Google API key', `AIza${letters(35)}`],
  ['Stripe key', `sk_live_${letters(24)}`],
  ['Anthropic key', `sk-ant-api03-${letters(93)}`],
  ['OpenAI key', `sk-proj-${letters(48)}`],
  ['OpenAI key', `sk-${letters(48)}`],
  ['npm token', `npm_${letters(36)}`],
  ['Tenuto token', `tnt_${letters(43)}`],
  ['JSON Web Token', JWT],
  ['private key', PEM('')],
  ['private key', PEM('RSA ')],
  ['private key', PEM('OPENSSH ')],
  ['private key', PEM('EC ').replaceAll('\n', '\\n')],
  ['password in an address', `postgres://app:${lower(14)}@db.internal:5432/app`],
];

describe('a secret', () => {
  it.each(SECRETS)('of the kind %s is found with its line, and not shown', (name, secret) => {
    const text = `first\nconst value = '${secret}';\nlast\n`;
    const [found, ...others] = findSecrets(text, 'src/a.ts');
    expect(others).toEqual([]);
    expect(found).toMatchObject({ name, line: 2 });
    expect(found?.masked).toMatch(/\*\*\* \(\d+ characters\)$/);
    expect(secret.slice(26).length > 0 && found?.masked.includes(secret.slice(26, 46))).toBe(false);
  });

  it.each([
    `password = "${letters(14)}"`,
    `DB_PASSWORD: '${letters(16)}',`,
    `apiKey: "${letters(32)}"`,
    `client_secret := "${letters(24)}"`,
    `"auth_token" => "${letters(24)}"`,
    `export const SECRET_KEY = \`${letters(40)}\``,
    'passwd="Tr0ub4dor&3"',
  ])('that is assigned in code is found: %#', (line) => {
    expect(findSecrets(line, 'src/a.ts')).toMatchObject([{ line: 1 }]);
    expect(findSecrets(line, 'test/a.test.ts')).toEqual([]);
  });

  it.each([
    '.env',
    'deploy/prod.env',
    'app.ini',
    'config/settings.yaml',
  ])('in a file of settings need not stand in quotes: %s', (path) => {
    const line = path.endsWith('yaml') ? `password: ${letters(16)}` : `PASSWORD=${letters(16)}`;
    expect(findSecrets(`a=1\n${line}\n`, path)).toMatchObject([{ line: 2 }]);
    expect(findSecrets(`a=1\n${line}\n`, 'notes.md')).toEqual([]);
  });
});

describe('what is no secret', () => {
  it.each([
    "password = 'changeme-please-1'",
    'password: "your-password-123"',
    'password = process.env.PASSWORD1',
    'api_key: "${API_KEY_2}"',
    'token = "<your token 12345>"',
    "secret: 'xxxxxxxxxxxxxxxx1'",
    'AKIAIOSFODNN7EXAMPLE',
    "tokenType: 'access_token_v2'",
    'password: z.string().min(8)',
    "const secretName = 'orchestration.secrets.v1'",
    "token: 'auth/session2'",
    'The password is sent to the server, which has 2 of them.',
    'if (line.startsWith("-----BEGIN PRIVATE KEY-----")) return;',
    'https://example.com/path:80/x@y',
    'http://user:password@localhost/',
    `sha256:${lower(64)}`,
    `const hash = 'a${lower(20)}AKIA${upper(16)}b'`,
    `integrity sha512-${letters(86)}==`,
    `eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4ifQ.${letters(43)}`,
    'password = "aaaaaaaaaaaaaa1"',
  ])('is not found: %s', (line) => {
    expect(findSecrets(line, 'src/a.ts')).toEqual([]);
  });
});

describe('a text', () => {
  it('is looked through whatever is in it', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        const text = Buffer.from(bytes).toString('latin1');
        for (const { line, masked } of findSecrets(text, 'a.env')) {
          expect(line).toBeGreaterThan(0);
          expect(masked).toContain('***');
        }
      }),
    );
  });

  it('with many secrets is told of in part', () => {
    const text = `ghp_${letters(36)}\n`.repeat(5_000);
    const found = findSecrets(text, 'a.txt');
    expect(found).toHaveLength(50);
    expect(found.at(-1)?.line).toBe(50);
  });

  it.each([
    'eyJ',
    'eyJ.',
    '-eyJaaaaaaaaaaaa.eyJaaaaaaaaaaaa',
    'token',
    'token="aaaaaaaa',
    'password: ',
    '://a:aaaaaaa',
    '-----BEGIN RSA PRIVATE KEY-----\nA: b\n',
    'sk-',
    'secret\t\t\t\t=',
    ' ',
    '\n',
  ])('made to be slow is not: %j', (pump) => {
    const size = 1_000_000;
    const text = pump.repeat(Math.ceil(size / pump.length));
    const half = text.slice(0, size / 2);
    const time = (of: string) => {
      const begun = process.cpuUsage().user;
      findSecrets(of, 'a.env');
      return process.cpuUsage().user - begun;
    };
    time(half);
    // In proportion, or quick anyhow: quadratic work on this much would take minutes.
    expect(time(text)).toBeLessThan(Math.max(time(half) * 8, 3_000_000));
  });

  const file = join(process.env.TENUTO_VECTORS ?? 'vectors', 'hostile-input/redos.json');
  it.skipIf(!existsSync(file))('that was made to hurt others does not hurt', () => {
    const { patterns } = JSON.parse(readFileSync(file, 'utf8'));
    for (const { prefix, pump, suffix } of patterns) {
      findSecrets(`password="${prefix}${String(pump).repeat(5_000)}${suffix}`, 'a.env');
    }
  });
});

describe('entropy', () => {
  it('is that of Shannon', () => {
    expect(entropy('')).toBe(0);
    expect(entropy('aaaa')).toBe(0);
    expect(entropy('abab')).toBe(1);
    expect(entropy('abcdefgh')).toBe(3);
  });
});
