import type { TestEntry } from '@tenuto/contract';
import { expect, it } from 'vitest';
import { readText } from './document.ts';
import { writtenEntry } from './written-entry.ts';

const entry: TestEntry = {
  ...{ id: 'shop', kind: 'suite', command: ['npm', 'test'], report: ['r.xml'], shards: 2 },
  ...{ title: null, description: null, folder: null, env: {}, pattern: null, select: null },
  on_retry: 'all',
  ...{ timeout_seconds: null, owner: null, tags: [], suite_id: null, classname: null },
  ...{ name: null, file: null, created_by: 'ana', version: 3 },
  created_at: '2026-01-15T09:30:00.000Z',
  updated_at: '2026-01-15T09:30:00.000Z',
};

it('an entry is written as what somebody has said, and read back as it', () => {
  expect(readText(writtenEntry(entry), '')).toMatchObject({
    value: { id: 'shop', kind: 'suite', command: ['npm', 'test'], report: ['r.xml'], shards: 2 },
  });
  expect(writtenEntry(entry)).not.toMatch(/version|created|on_retry|null/);
});
