/** What attempts leave behind: outputs, artifacts, logs, and what comes too late. */
import { testSubmission } from '@tenuto/testkit';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Engines, openEngines, submitted } from './engines.ts';

let engines: Engines;
// A database for each test: an engine of another one would take runs that it cannot do.
beforeEach(async () => {
  engines = await openEngines();
});
afterEach(() => engines.close());

describe('results', () => {
  test('that are large are stored apart and come back', async () => {
    const text = 'ä'.repeat(40_000);
    const runId = await submitted(
      await engines.start(),
      testSubmission([
        { id: 'a', uses: 'echo', with: { text } },
        { id: 'b', uses: 'echo', with: { size: '${size(steps.a.text)}' }, needs: ['a'] },
        { id: 'c', uses: 'echo', with: { text: 'x'.repeat(9 * 1024 * 1024) } },
      ]),
    );
    expect(await engines.over(runId)).toMatchObject({ status: 'failed' });
    const [row] = await engines.ask<{ output: string | null; bytes: string }>(
      `select a.output, convert_from(b.bytes, 'utf8') as bytes from attempts a
       join blobs b on b.hash = a.output_ref where a.run_id = $1`,
      [runId],
    );
    expect(row).toEqual({ output: null, bytes: JSON.stringify({ text }) });
    const ends = await engines.attempts(runId);
    expect(ends.find(({ node }) => node === 1)?.output).toBe('{"size":40000}');
    expect(JSON.parse(ends.find(({ node }) => node === 2)?.error ?? '')).toMatchObject({
      type: 'output_too_large',
    });
  });

  test('artifacts and logs are there when the run is over, whatever bytes they are of', async () => {
    const bytes = Buffer.from([0, 255, 1, 128]);
    const engine = await engines.start({
      actions: {
        make: (call) => {
          call.log('stdout', 'one\ntwo');
          call.log('stderr', 'nul \0 and half \ud800');
          const artifact = { name: 'a.bin', mediaType: 'application/octet-stream', bytes };
          return { status: 'completed', output: 'made', artifacts: [artifact] };
        },
        chatter: (call) => {
          for (let i = 0; i < 3; i += 1) call.log('stdout', 'y'.repeat(600 * 1024));
          return { status: 'completed', output: null };
        },
      },
    });
    const nodes = ['make', 'chatter'].map((uses) => ({ id: uses, uses }));
    const runId = await submitted(engine, testSubmission(nodes));
    await engines.over(runId);
    await engine.stop();
    expect(
      await engines.ask(
        `select a.name, a.size_bytes::int as size, b.bytes from artifacts a
         join blobs b using (hash) where a.run_id = $1`,
        [runId],
      ),
    ).toEqual([{ name: 'a.bin', size: 4, bytes }]);
    const lines = await engines.ask<{ node: number; stream: string; text: string }>(
      'select node, stream, text from node_logs where run_id = $1 order by node, seq',
      [runId],
    );
    expect(lines.slice(0, 2)).toEqual([
      { node: 0, stream: 'stdout', text: 'one\ntwo' },
      { node: 0, stream: 'stderr', text: 'nul  and half \ufffd' },
    ]);
    const chatter = lines.slice(2);
    expect(chatter.map(({ stream }) => stream)).toEqual(['stdout', 'stdout', 'system']);
    expect(chatter.reduce((sum, { text }) => sum + text.length, 0)).toBeLessThan(1_100_000);
  });
});
