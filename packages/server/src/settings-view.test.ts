import { expect, it } from 'vitest';
import { readSettings } from './settings.ts';
import { SETTINGS } from './settings-catalogue.ts';
import { settingViews } from './settings-view.ts';

const KEY = 'Zx8nQ2vR5tY7wK1mP4sL6dF9gH3jC0bV';
/** Every setting that leads to others being read, and every secret with a canary in it. */
const FULL = {
  DATABASE_URL: 'postgres://me:canary1@db.example:5432/tenuto?password=canary2',
  REDIS_URL: 'rediss://:canary3@redis.example:6379/0',
  TENUTO_SMTP_URL: 'smtps://me:canary4@mail.example:465',
  TENUTO_BLOBS: 's3://bucket/prefix',
  TENUTO_S3_ENDPOINT: 'https://me:canary5@s3.example',
  TENUTO_S3_ACCESS_KEY_ID: 'canary6',
  TENUTO_S3_SECRET_ACCESS_KEY: 'canary7',
  OIDC_CLIENT_ID: 'console',
  OIDC_CLIENT_SECRET: 'canary8',
  OIDC_ISSUER: 'https://issuer.example',
  OIDC_NAME: 'Example Corp',
  TENUTO_PUBLIC_URL: 'https://tenuto.example/',
  JWT_SECRET_KEY: `${KEY}canary9`,
  TENUTO_ADMIN_TOKEN: `canary10${KEY}`,
  TENUTO_SECRET_KEY: Buffer.from(KEY).toString('base64'),
  TENUTO_SECRET_KEY_PREVIOUS: Buffer.from(KEY).toString('hex'),
};

const viewsOf = (environment: Record<string, string>, flags: Record<string, string> = {}) =>
  new Map(settingViews(readSettings(environment, flags)).map((view) => [view.name, view]));

it('has every setting that is read, and no other', () => {
  const asked = new Set<string>();
  const environment = new Proxy<Record<string, string>>(FULL, {
    get(target, name) {
      if (typeof name === 'string') asked.add(name);
      return Reflect.get(target, name);
    },
    // Read by name and not as a whole.
    ownKeys: () => [],
  });
  readSettings(environment);
  expect(SETTINGS.map(({ name }) => name).toSorted()).toEqual([...asked].toSorted());
});

it('shows no secret, nor a password in an address', () => {
  const views = viewsOf(FULL);
  const shown = JSON.stringify([...views.values()]);
  expect(shown).not.toContain('canary');
  expect(shown).not.toContain(KEY);
  expect(shown).not.toContain(FULL.TENUTO_SECRET_KEY);
  expect(shown).not.toContain(FULL.TENUTO_SECRET_KEY_PREVIOUS);
  expect(views.get('DATABASE_URL')?.value).toBe('postgres://db.example:5432/tenuto');
  expect(views.get('JWT_SECRET_KEY')).toMatchObject({ secret: true, is_set: true, value: null });
  expect(views.get('TENUTO_ADMIN_TOKEN')).toMatchObject({ is_set: true, value: null });
});

it('says where each comes from', () => {
  const views = viewsOf({ PORT: '1', LOG_LEVEL: 'warn' }, { PORT: '8500' });
  expect(views.get('PORT')).toMatchObject({ source: 'flag', value: 8500 });
  expect(views.get('LOG_LEVEL')).toMatchObject({ source: 'environment', value: 'warn' });
  expect(views.get('HOST')).toMatchObject({ source: 'default', value: '127.0.0.1' });
  expect(views.get('TENUTO_SECRET_KEY')).toMatchObject({ source: 'file', is_set: true });
  expect(views.get('JWT_SECRET_KEY')).toMatchObject({ source: 'default', is_set: false });
});

it('shows values in the unit that they are written in', () => {
  const views = viewsOf({ MAX_RETRY_DELAY: '60', TENUTO_RATE_LIMITS: 'read=off' });
  expect(views.get('MAX_RETRY_DELAY')?.value).toBe(60);
  expect(views.get('TENUTO_ARTIFACT_FILE_MB')?.value).toBe(100);
  expect(views.get('TENUTO_RATE_LIMITS')?.value).toContain('read=off');
});
