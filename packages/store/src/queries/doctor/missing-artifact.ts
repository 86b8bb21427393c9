import type { Check } from './check.ts';

export const missingArtifact: Check = {
  name: 'missing_artifact',
  invariant: 4,
  meaning: 'The bytes of an artifact are there.',
  severity: 'error',
  find: ({ sample }) => `
    select t.run_id::text as subject, 'the bytes of ' || a.name || ' ('
      || encode(a.hash, 'hex') || ') are missing' as detail
    from ${sample()} cross join lateral (
      select a.name, a.hash from artifacts a
      where a.run_id = t.run_id and a.in_database offset 0) a
    where not exists (select from blobs b where b.hash = a.hash)`,
};
