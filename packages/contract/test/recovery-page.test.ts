import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  BULK_ACTIONS,
  CAUSES,
  RECOVERY_ACTIONS,
  RESOLUTIONS,
  RecoveryParametersSchema,
  RUN_STATUSES,
} from '../src/index.ts';

const page = readFileSync(join(import.meta.dirname, '../../../docs/recovery.md'), 'utf8');

describe('the guide to recovery', () => {
  it.each([
    ['action', RECOVERY_ACTIONS],
    ['cause of waiting', CAUSES],
    ['status', RUN_STATUSES.filter((status) => status !== 'pending')],
  ])('has every %s', (_, words) => {
    expect(words.filter((word) => !page.includes(`\`${word}\``))).toEqual([]);
  });

  it('has every parameter of a rule, every resolution, and bulk changes', () => {
    const parameters = Object.keys(RecoveryParametersSchema.properties);
    const said = (word: string) => new RegExp(`\\b${word}\\b`).test(page);
    // A message needs no explanation.
    expect(parameters.filter((name) => name !== 'message' && !said(name))).toEqual([]);
    expect(RESOLUTIONS.filter((name) => !said(`resolve ID ${name}`))).toEqual([]);
    expect(BULK_ACTIONS.filter((name) => said(`bulk ${name}`)).length).toBeGreaterThan(0);
  });
});
