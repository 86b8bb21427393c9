import { describe, expect, it } from 'vitest';
import { readSettings } from './settings.ts';
import { SettingsError } from './settings-reader.ts';

const ENGINE = { leaseMs: 10_000, capacity: 500, slots: 500 };

describe('settings', () => {
  it('are all optional', () => {
    expect(readSettings({})).toEqual({
      port: 8420,
      agents: {},
      host: '127.0.0.1',
      jwt: {},
      maxConcurrentNodes: 10,
      defaultMaxRetries: 3,
      maxRetryDelayMs: 300_000,
      jobTimeoutMs: 3_600_000,
      allowCommands: [],
      httpAllow: [],
      rateLimits: {
        ...{ submit: 100, task: 100, change: 300, read: 1_000, failures: 200 },
        admin: false,
      },
      allowedOrigins: [],
      trustedProxies: [],
      docs: true,
      logLevel: 'info',
      ...ENGINE,
      previousSecretKeys: [],
      mail: {},
      eventRetentionMs: 720 * 3_600_000,
      artifacts: expect.objectContaining({ runFiles: 50_000, retentionMs: 0 }),
      origin: expect.any(Function),
    });
  });

  it('have a time zone for tasks that name none', () => {
    expect(readSettings({ TENUTO_TIMEZONE: 'Europe/Paris' }).timezone).toBe('Europe/Paris');
    expect(() => readSettings({ TENUTO_TIMEZONE: 'Mars/Base' })).toThrow(/TENUTO_TIMEZONE/);
  });

  it('have a key that seals secrets, and a mail server', () => {
    const key = Buffer.from('Zx8nQ2vR5tY7wK1mP4sL6dF9gH3jC0bV');
    const settings = readSettings({
      TENUTO_SECRET_KEY: key.toString('base64'),
      TENUTO_SMTP_URL: 'smtps://me:pass@mail.example:465',
      TENUTO_MAIL_FROM: 'Tenuto <tenuto@example.com>',
    });
    expect(settings.secretKey).toEqual(key);
    expect(settings.mail).toEqual({
      smtpUrl: 'smtps://me:pass@mail.example:465',
      from: 'Tenuto <tenuto@example.com>',
    });
    expect(readSettings({ TENUTO_SECRET_KEY: key.toString('hex') }).secretKey).toEqual(key);
  });

  it.each([
    ['TENUTO_SECRET_KEY', 'hush-hush'],
    ['TENUTO_SMTP_URL', 'hush-hush@host'],
    ['TENUTO_SMTP_URL', 'https://me:hush-hush@host'],
  ])('that hold secrets are not shown when they are wrong: %s', (name, value) => {
    expect(() => readSettings({ [name]: value })).toThrow(name);
    expect(() => readSettings({ [name]: value })).not.toThrow('hush');
  });

  it('are read from their variables', () => {
    const settings = readSettings({
      PORT: '0',
      HOST: '::1',
      DATABASE_URL: 'postgres://u@127.0.0.1/db',
      TENUTO_DATA_DIR: '/tmp/data',
      JWT_SECRET_KEY: 'Zx8nQ2vR5tY7wK1mP4sL6dF9gH3jC0bV',
      JWT_ISSUER: 'https://issuer.example',
      JWT_AUDIENCE: 'tenuto',
      MAX_CONCURRENT_NODES: '50',
      DEFAULT_RETRY_ATTEMPTS: '0',
      MAX_RETRY_DELAY: '60',
      JOB_TIMEOUT: '120',
      TENUTO_ALLOW_COMMANDS: 'node, git',
      TENUTO_HTTP_ALLOW: 'localhost 10.0.0.0/8',
      TENUTO_RATE_LIMITS: 'submit=5,read=off failures=30 admin=on',
      ALLOWED_ORIGINS: 'https://a.example',
      TRUSTED_PROXIES: '127.0.0.1',
      TENUTO_DOCS: 'off',
      LOG_LEVEL: 'WARN',
      TENUTO_ADMIN_TOKEN: 'abcdefghijklmnopqrstuvwxyz012345',
      FAILPOINT: 'claimed:2:kill',
    });
    expect(settings).toMatchObject({
      port: 0,
      jwt: { issuer: 'https://issuer.example', audience: 'tenuto' },
      defaultMaxRetries: 0,
      maxRetryDelayMs: 60_000,
      jobTimeoutMs: 120_000,
      allowCommands: ['node', 'git'],
      httpAllow: ['localhost', '10.0.0.0/8'],
      rateLimits: {
        submit: 5,
        task: 100,
        change: 300,
        read: Number.MAX_SAFE_INTEGER,
        failures: 30,
        admin: true,
      },
      failpoints: [{ point: 'claimed', nth: 2, ending: 'kill' }],
      docs: false,
      logLevel: 'warn',
    });
  });

  it('may switch commands off in words', () => {
    expect(readSettings({ TENUTO_ALLOW_COMMANDS: 'off' }).allowCommands).toEqual([]);
  });

  it.each([
    ['PORT', '70000'],
    ['PORT', '1e3'],
    ['DATABASE_URL', 'mysql://x'],
    ['MAX_CONCURRENT_NODES', '0'],
    ['DEFAULT_RETRY_ATTEMPTS', '11'],
    ['MAX_RETRY_DELAY', '301'],
    ['TENUTO_DOCS', 'maybe'],
    ['LOG_LEVEL', 'loud'],
    ['FAILPOINT', 'nowhere:1:kill'],
    ['TENUTO_RATE_LIMITS', 'writes=5'],
    ['TENUTO_RATE_LIMITS', 'read=-1'],
    ['ALLOWED_ORIGINS', '*'],
    ['ALLOWED_ORIGINS', 'https://a.example/path'],
    ['TENUTO_ADMIN_TOKEN', 'short'],
    ['TENUTO_ADMIN_TOKEN', 'looks.like.a-json-web-token-but-is-none'],
    ['TENUTO_ADMIN_TOKEN', 'has a space in it and is long enough'],
    ['JWT_SECRET_KEY', 'secret'],
    ['JWT_SECRET_KEY', 'your-256-bit-secret'],
    ['JWT_SECRET_KEY', 'your-256-bit-secret-your-256-bit-secret'],
    ['JWT_SECRET_KEY', 'a-string-secret-at-least-256-bits-long'],
    ['JWT_SECRET_KEY', 'changemechangemechangemechangeme'],
    ['JWT_SECRET_KEY', 'a'.repeat(64)],
    ['JWT_JWKS_URL', 'ftp://keys'],
    ['TENUTO_SECRET_KEY', 'short'],
    ['TENUTO_SECRET_KEY', '00'.repeat(32)],
    ['TENUTO_SMTP_URL', 'mail.example'],
    ['TENUTO_MAIL_FROM', 'nobody'],
    ['TENUTO_MAIL_FROM', 'A <a@example.com>, b@example.com'],
    ['TENUTO_MAIL_FROM', 'A <a@example.com>\r\nBcc: b@example.com'],
  ])('are refused by name: %s=%s', (name, value) => {
    expect(() => readSettings({ [name]: value })).toThrow(SettingsError);
    expect(() => readSettings({ [name]: value })).toThrow(name);
  });

  it('have one kind of key for JWTs, so that a public key is never taken for a secret', () => {
    const both = {
      JWT_SECRET_KEY: 'Zx8nQ2vR5tY7wK1mP4sL6dF9gH3jC0bV',
      JWT_JWKS_URL: 'https://issuer.example/keys',
    };
    expect(() => readSettings(both)).toThrow('excludes');
  });

  it('say what owners their subjects are, and never an agent or a team', () => {
    const of = (prefix: string) => readSettings({ JWT_SUBJECT_PREFIX: prefix }).jwt.subjectPrefix;
    expect([of(''), of('none'), of('staff:')]).toEqual([undefined, '', 'staff:']);
    for (const bad of ['agent:', 'team:', 'staff', ':', 'A:', 'a b:']) {
      expect(() => of(bad), bad).toThrow('JWT_SUBJECT_PREFIX');
    }
    const oidc = {
      ...{ OIDC_CLIENT_ID: 'c', OIDC_ISSUER: 'https://a.example' },
      ...{ TENUTO_PUBLIC_URL: 'https://b.example', JWT_SUBJECT_PREFIX: 'staff:' },
    };
    expect(readSettings(oidc).oidc?.subjectPrefix).toBe('staff:');
    const guests = readSettings({ ...oidc, OIDC_SUBJECT_PREFIX: 'guest:' });
    expect(guests.oidc?.subjectPrefix).toBe('guest:');
    expect(guests.jwt.subjectPrefix).toBe('staff:');
  });
});

describe('signing in by a provider', () => {
  const oidc = { OIDC_CLIENT_ID: 'console', TENUTO_PUBLIC_URL: 'https://tenuto.example/' };

  it('takes the issuer of JWTs unless another one is named', () => {
    expect(readSettings({ ...oidc, JWT_ISSUER: 'https://issuer.example' }).oidc).toEqual({
      ...{ issuer: 'https://issuer.example', clientId: 'console' },
      publicUrl: 'https://tenuto.example',
    });
    const own = { OIDC_ISSUER: 'https://other.example', OIDC_CLIENT_SECRET: 's' };
    expect(readSettings({ ...oidc, ...own }).oidc).toMatchObject({
      ...{ issuer: 'https://other.example', clientSecret: 's' },
    });
    expect(readSettings({}).oidc).toBeUndefined();
  });

  it('needs an issuer, and an address to come back to', () => {
    expect(() => readSettings(oidc)).toThrow('OIDC_ISSUER');
    const { TENUTO_PUBLIC_URL: _, ...lost } = oidc;
    expect(() => readSettings({ ...lost, OIDC_ISSUER: 'https://a.example' })).toThrow(
      'TENUTO_PUBLIC_URL',
    );
  });
});

describe('the address of Redis', () => {
  it('is one, and is not told when it is none', () => {
    expect(readSettings({ REDIS_URL: 'redis://a:6379' }).redis?.url).toBe('redis://a:6379');
    expect(() => readSettings({ REDIS_URL: 'http://user:secret@a' })).toThrow(/^REDIS_URL must/);
    expect(() => readSettings({ REDIS_URL: 'http://user:secret@a' })).not.toThrow(/secret/);
  });
});
