import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Artifact, ArtifactSchema } from '@tenuto/contract';
import { afterAll, describe, expect, it } from 'vitest';
import { call, cleanUp, folder } from '../../test/call.ts';
import { type Answers, ok } from '../../test/pretend-api.ts';
import { EXIT } from '../index.ts';

afterAll(cleanUp);

const [example]: Artifact[] = Reflect.get(ArtifactSchema, 'examples');
if (example === undefined) throw new Error('an artifact has an example');
const RUN = example.run_id;
const LIST = 'GET /api/v1/runs/*/artifacts';
const DOWNLOAD = 'GET /api/v1/runs/*/artifacts/*/download';
/** What a pretended download sends. */
const BYTES = '"bytes"';
const sha256 = createHash('sha256').update(BYTES).digest('hex');
const artifact = (over: Partial<Artifact> = {}): Artifact => ({ ...example, sha256, ...over });

function pageWith(items: readonly Artifact[], more: object = {}) {
  const byPhase = { planning: items };
  const paging = { limit: 100, offset: 0, has_more: false, next_cursor: null, generation: 0 };
  const sums = { total_count: items.length, total_bytes: 1 };
  return ok({ run_id: RUN, artifacts_by_phase: byPhase, ...paging, ...sums, ...more });
}
const answers = (...items: Artifact[]): Answers => ({
  [LIST]: pageWith(items),
  [DOWNLOAD]: ok('bytes'),
});

describe('artifacts list', () => {
  it('shows phase, path, type and size', async () => {
    const { out, asked } = await call(
      ['artifacts', 'list', RUN, '--phase', 'planning', '--type', 'prd', '--generation', '0'],
      answers(artifact()),
    );
    expect(out.split('\n')[1]).toMatch(
      /^planning +artifacts\/planning\/prd\.md +prd +17\.8 KiB +0199/,
    );
    expect(asked[0]?.query).toMatchObject({ phase: 'planning', type: 'prd', generation: '0' });
  });

  it('refuses a type that is none', async () => {
    const { exitCode, err } = await call(['artifacts', 'list', RUN, '--type', 'novel']);
    expect([exitCode, err.includes('prd')]).toEqual([EXIT.usage, true]);
  });
});

describe('artifacts get', () => {
  it('saves files under their paths in a folder, whole and checked', async () => {
    const to = join(folder, 'got');
    const { exitCode, out } = await call(
      ['artifacts', 'get', RUN, 'artifacts/**', '-o', to],
      answers(artifact(), artifact({ path: 'src/a.ts', artifact_id: RUN })),
    );
    expect([exitCode, out]).toEqual([
      EXIT.ok,
      `${join(to, 'artifacts/planning/prd.md')}\n${join(to, 'src/a.ts')}\n`,
    ]);
    expect(readFileSync(join(to, 'src/a.ts'), 'utf8')).toBe(BYTES);
    expect(readdirSync(to)).toEqual(['artifacts', 'src']);
  });

  it.each([
    '../evil',
    '/etc/evil',
    'a/../../evil',
    'C:\\evil',
    'NUL',
    'a\u202e/b',
    '~/x',
  ])('saves nothing under %j', async (path) => {
    const to = join(folder, 'safe');
    const got = await call(['artifacts', 'get', RUN, '*', '-o', to], answers(artifact({ path })));
    expect([got.exitCode, got.err.includes('not saved')]).toEqual([EXIT.usage, true]);
    expect(readdirSync(folder).filter((name) => name.includes('evil'))).toEqual([]);
  });

  it('follows no link that lies on the way, and replaces nothing unasked', async () => {
    const to = join(folder, 'links');
    mkdirSync(join(to, 'src'), { recursive: true });
    mkdirSync(join(folder, 'elsewhere'));
    symlinkSync(join(folder, 'elsewhere'), join(to, 'artifacts'));
    writeFileSync(join(to, 'src/a.ts'), 'mine');
    const get = (path: string, ...more: string[]) =>
      call(['artifacts', 'get', RUN, '*', '-o', to, ...more], answers(artifact({ path })));
    expect((await get('artifacts/a.md')).err).toContain('is a link');
    expect(readdirSync(join(folder, 'elsewhere'))).toEqual([]);
    expect((await get('src/a.ts')).err).toContain('--force');
    expect(readFileSync(join(to, 'src/a.ts'), 'utf8')).toBe('mine');
    expect((await get('src/a.ts', '--force')).exitCode).toBe(EXIT.ok);
    expect(readFileSync(join(to, 'src/a.ts'), 'utf8')).toBe(BYTES);
  });

  it('keeps nothing that came with other bytes than were said', async () => {
    const to = join(folder, 'wrong');
    const wrong = artifact({ path: 'a.md', sha256: 'f'.repeat(64) });
    const { exitCode, err } = await call(['artifacts', 'get', RUN, '*', '-o', to], answers(wrong));
    expect([exitCode, err.includes('other bytes')]).toEqual([EXIT.usage, true]);
    expect(readdirSync(to)).toEqual([]);
  });

  it('says when nothing is called so, and shows how far it is at a terminal', async () => {
    const none = await call(['artifacts', 'get', RUN, 'x.md'], answers());
    expect([none.exitCode, none.err.includes('x.md')]).toEqual([EXIT.refused, true]);
    const to = join(folder, 'bar');
    const shown = await call(['artifacts', 'get', RUN, '*', '-o', to], answers(artifact()), {
      isTerminal: true,
    });
    expect(shown.err).toMatch(/\[-+\] 0% {2}7 B of 17\.8 KiB/);
  });
});

describe('artifacts zip', () => {
  it('saves the file that comes', async () => {
    const to = join(folder, 'all.zip');
    const zip = { 'GET /api/v1/runs/*/artifacts.zip': ok('zip'), ...answers(artifact()) };
    const { out, exitCode } = await call(
      ['artifacts', 'zip', RUN, '-o', to, '--phase', 'planning'],
      zip,
    );
    expect([exitCode, out]).toEqual([EXIT.ok, `${to} holds 1 artifact.\n`]);
    expect(readFileSync(to, 'utf8')).toBe('"zip"');
    expect((await call(['artifacts', 'zip', RUN, '-o', to], zip)).exitCode).toBe(EXIT.usage);
  });
});
