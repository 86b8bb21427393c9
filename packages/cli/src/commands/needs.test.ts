import { type Needs, NeedsSchema } from '@tenuto/contract';
import { afterAll, describe, expect, it } from 'vitest';
import { call, cleanUp } from '../../test/call.ts';
import { ok } from '../../test/pretend-api.ts';

const sample = Reflect.get(NeedsSchema, 'examples')[0] as Needs;
const RUN = '0199a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1b';
const one = sample.interventions?.items[0]?.intervention_id;

afterAll(cleanUp);

const says = async (answer: Needs, ...more: string[]) =>
  (await call(['needs', ...more], { 'GET /api/v1/needs': ok(answer) })).out;

describe('what waits for me', () => {
  it('is told with the command that answers each', async () => {
    const out = await says(sample);
    expect(out).toContain('3 things wait for you.\n');
    expect(out).toMatch(new RegExp(`approval +Release 1.4.0 .* tenuto run approve ${RUN} `));
    expect(out).toContain(`tenuto interventions resolve ${one} retry|skip|abort`);
    expect(out).toMatch(new RegExp(`phase +release 1.4.0: Build .* tenuto run next ${RUN}`));
  });

  it('is not what waits for others, unless they are asked for', async () => {
    const items = (sample.approvals?.items ?? []).map((item) => ({ ...item, mine: false }));
    const others: Needs = {
      ...{ mine: 0, total: 1, interventions: null, phases: null },
      approvals: { items, total: 1, mine: 0 },
    };
    expect(await says(others)).toBe(
      'Nothing waits for you. Others have 1 to decide: --all shows them.\n',
    );
    expect(await says(others, '--all')).toContain('1 thing waits for a person.\n');
    const nothing = { mine: 0, total: 0, approvals: null, interventions: null, phases: null };
    expect(await says(nothing)).toBe('Nothing waits for you.\n');
  });
});
