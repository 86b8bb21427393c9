import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { copyCheckout } from './checkout-copy.ts';
import { effectJob } from './load.ts';
import { programOf } from './loop-disk.ts';
import { until } from './moments.ts';
import type { ServerOptions, ServerProcess } from './server-process.ts';
import { openStage, postmasterOf, type Stage } from './stage.ts';

const NOBODY = { uid: 65534, gid: 65534 };
const isRoot = process.getuid?.() === 0;

let stage: Stage;
beforeEach(async () => {
  stage = await openStage();
});
afterEach(() => stage.close());

describe('a data folder', () => {
  it('belongs to one server, and with its database to the next when that is killed', async () => {
    const killed = stage.start();
    await killed.ready;
    const second = stage.start();
    expect((await second.ended).code).not.toBe(0);
    expect(second.logs()).toContain(`is in use by process ${killed.pid}`);
    await completesAJob(killed);

    const postmaster = await postmasterOf(stage.dataDir());
    await killed.kill();
    expect(await postmasterOf(stage.dataDir())).toBe(postmaster);
    const next = stage.start();
    await completesAJob(next);
    expect(next.logs()).toContain('took over the PostgreSQL that another process left running');
    expect(await postmasterOf(stage.dataDir())).toBe(postmaster);
    next.signal('SIGTERM');
    expect(await next.ended).toEqual({ code: 0, signal: null });
    expect(await postmasterOf(stage.dataDir())).toBeUndefined();
  });
});

// Only root can become somebody else.
describe.skipIf(!isRoot)('a server of', () => {
  it('root starts from a checkout that nobody else can read', async () => {
    const checkout = await copyCheckout(stage.folder, 0o700);
    await completesAJob(stage.start({ checkout }));
    // PostgreSQL does not run as root, so its programs must have come from where it gets at them.
    const postmaster = (await postmasterOf(stage.dataDir())) ?? 0;
    expect(await programOf(postmaster)).not.toContain(checkout);
  });

  it('an unprivileged user starts from a checkout that it can read', async () => {
    const checkout = await copyCheckout(stage.folder, 0o755);
    const dataDir = await stage.folderOf(NOBODY);
    const options: Partial<ServerOptions> = { checkout, dataDir, user: NOBODY };
    await completesAJob(stage.start(options));
  });
});

async function completesAJob(server: ServerProcess): Promise<void> {
  const client = await server.ready;
  const { effects } = stage;
  const { job_id: id } = await client.jobs.submit(effectJob('one', { effects, seconds: 0.01 }));
  await until('the end of the job', async () => {
    const { status } = await client.jobs.get(id);
    if (status === 'failed') throw new Error(`the job failed: ${server.logs()}`);
    return status === 'completed';
  });
}
