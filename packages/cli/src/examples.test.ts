import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readJobFile } from './document/job-file.ts';

const folder = join(import.meta.dirname, '../../../examples');
const names = readdirSync(folder).filter((name) => name.endsWith('.yaml'));

describe('the examples', () => {
  it('are here', () => {
    expect(names.length).toBeGreaterThanOrEqual(6);
  });

  it.each(names)('%s says what it shows and how to run it, and is a job', (name) => {
    const text = readFileSync(join(folder, name), 'utf8');
    expect(text).toMatch(new RegExp(`^# [\\s\\S]*\\n# +tenuto run examples/${name} --watch`));
    expect(readJobFile({ name, text }).body).toMatchObject({
      name: name.replace('.yaml', ''),
      dag_definition: { nodes: expect.any(Array) },
    });
  });
});
