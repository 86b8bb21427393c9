import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SCHEDULE_KINDS } from '@tenuto/contract';
import { describe, expect, it } from 'vitest';
import { readTaskFile } from './document/task-file.ts';

const folder = join(import.meta.dirname, '../../../examples/tasks');
const names = readdirSync(folder).filter((name) => name.endsWith('.yaml'));

describe('the examples of tasks', () => {
  it.each(names)('%s says what it shows and how to make it, and is a task', (name) => {
    const text = readFileSync(join(folder, name), 'utf8');
    expect(text).toMatch(
      new RegExp(`^# [\\s\\S]*\\n# +tenuto tasks create examples/tasks/${name}`),
    );
    const { body } = readTaskFile({ name, text });
    expect(body).toMatchObject({
      title: name.replace('.yaml', ''),
      schedule_kind: expect.stringMatching(new RegExp(`^(${SCHEDULE_KINDS.join('|')})$`)),
      schedule_expr: expect.any(String),
      payload: { pipeline: expect.any(Array) },
    });
  });
});
