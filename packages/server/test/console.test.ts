import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { get as httpGet, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readConsole } from '../src/console/files.ts';
import { startApi, type TestApi } from './server.ts';

const PAGE = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8', 'sec-fetch-mode': 'navigate' };
const SCRIPT = `console.log(${JSON.stringify('x'.repeat(5_000))});`;

let folder: string;
let api: TestApi;
let bare: TestApi;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tenuto-console-'));
  await mkdir(join(folder, 'assets'));
  await writeFile(join(folder, 'index.html'), '<!doctype html><title>Console</title>');
  await writeFile(join(folder, 'assets', 'index-abc.js'), SCRIPT);
  await writeFile(join(folder, '.env'), 'SECRET=1');
  api = await startApi({ console: await readConsole(folder) });
  bare = await startApi({ console: await readConsole(join(folder, 'nowhere')) });
});
afterAll(async () => {
  await api[Symbol.asyncDispose]();
  await bare[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

/** As a browser sends it: `fetch` would say of itself that it is a script, and tidy the path up. */
async function get(path: string, headers: Record<string, string> = PAGE, { url } = api) {
  const { hostname, port } = new URL(url);
  const [message]: IncomingMessage[] = await once(
    httpGet({ hostname, port, path, headers }),
    'response',
  );
  const chunks = (await message?.toArray()) ?? [];
  const found = new Headers();
  for (const [name, value] of Object.entries(message?.headers ?? {})) {
    found.set(name, String(value));
  }
  return { status: message?.statusCode, headers: found, body: Buffer.concat(chunks) };
}

describe('the console', () => {
  it('is at the root and at each of its pages, for anybody', async () => {
    for (const path of ['/', '/?sign_in=late', '/runs', '/runs/0199a1b2?tab=log', '/tasks/new']) {
      const response = await get(path);
      expect([path, response.status]).toEqual([path, 200]);
      expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
      expect(response.headers.get('cache-control')).toBe('no-cache');
      expect(response.body.toString()).toContain('<title>Console</title>');
    }
  });

  it('may load nothing from elsewhere and run nothing that stands in the page', async () => {
    const policy = (await get('/')).headers.get('content-security-policy') ?? '';
    expect(policy).toContain("script-src 'self';");
    expect(policy).toContain("style-src 'self';");
    expect(policy).not.toContain('unsafe');
  });

  it('has files that browsers keep for good, smaller where they take gzip', async () => {
    const plain = await get('/assets/index-abc.js', { 'accept-encoding': 'identity' });
    expect(plain.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect(plain.headers.get('content-encoding')).toBeNull();
    expect(plain.body.toString()).toBe(SCRIPT);
    const zipped = await get('/assets/index-abc.js', { 'accept-encoding': 'gzip' });
    expect(zipped.headers.get('content-encoding')).toBe('gzip');
    expect(gunzipSync(zipped.body).toString()).toBe(SCRIPT);
    const etag = plain.headers.get('etag') ?? '';
    const again = await get('/assets/index-abc.js', { 'if-none-match': etag });
    expect(again.status).toBe(304);
  });

  it('has only the files that were built for it', async () => {
    for (const path of ['/.env', '/assets/../.env', '/assets/%2e%2e/.env', '/assets/gone.js']) {
      expect([path, (await get(path)).status]).toEqual([path, 404]);
    }
  });

  it('leaves the API its own answers', async () => {
    const missing = await get('/api/v1/nothing');
    expect(missing.status).toBe(404);
    expect(missing.headers.get('content-type')).toContain('application/problem+json');
    expect((await get('/runs', { accept: 'application/json' })).status).toBe(404);
    expect((await get('/api/v1/runs')).status).toBe(401);
  });

  it('is not in the document of the API', async () => {
    const { body } = await api.call('/openapi.json');
    expect(Object.keys(body.paths)).not.toContain('/');
    expect(JSON.stringify(body.paths)).not.toContain('/assets/');
  });
});

describe('a server whose console was not built', () => {
  it('says so, and how to build it', async () => {
    const response = await get('/', PAGE, bare);
    expect(response.status).toBe(503);
    expect(response.body.toString()).toContain('npm run prepare');
    expect((await get('/health/ready', { accept: '*/*' }, bare)).status).toBe(200);
  });
});
