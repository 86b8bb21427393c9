import { expect, it } from 'vitest';
import { readReports } from './read-reports.ts';

const never = new AbortController().signal;
const bytes = (text: string) => Buffer.from(text);

it('reports are read in their order, also those that cannot be', async () => {
  const read = await readReports(
    [bytes('<testsuite><testcase name="a"/></testsuite>'), bytes('<a>'), bytes('<testsuites/>')],
    never,
  );
  expect(read).toMatchObject([
    { report: { counts: { total: 1 } } },
    { problem: 'malformed', line: 1, column: 1 },
    { report: { counts: { total: 0 } } },
  ]);
});

it('no reports are read of no files', async () => {
  expect(await readReports([], never)).toEqual([]);
});

it('the server goes on while a report is read, and can stop it', async () => {
  const abort = new AbortController();
  const large = bytes(`<testsuite>${'<testcase name="a"/>'.repeat(1_000_000)}</testsuite>`);
  const reading = readReports([large], abort.signal);
  setImmediate(() => abort.abort(new Error('enough')));
  await expect(reading).rejects.toThrow('enough');
  await expect(readReports([large], abort.signal)).rejects.toThrow('enough');
});
