import type { Profile } from '@tenuto/contract';
import { describe, expect, it } from 'vitest';
import { profileProblems } from './profile-check.ts';

const many = (count: number, prefix: string) =>
  Array.from({ length: count }, (_, i) => `${prefix}${i}`);

function profileOf(phases: number, agents: number, more: object = {}): Profile {
  const all = many(agents, 'a').map((id) => ({ id, prompt: 'x' }));
  return { name: 'p', phases: many(phases, 'p').map((id) => ({ id, agents: all, ...more })) };
}

const found = (profile: Profile) => profileProblems(profile).map(({ path }) => path);

describe('a profile that would unfold to more than memory holds', () => {
  it('is refused when its agents are told of too many others', () => {
    expect(found(profileOf(100, 100))).toEqual(['/phases']);
    expect(found(profileOf(10, 10))).toEqual([]);
    // Phases side by side tell each other nothing.
    expect(found(profileOf(100, 100, { needs: [] }))).toEqual([]);
  });

  it('is refused when too many files are expected of its agents', () => {
    const artifacts = many(200, 'f').map((path) => ({ path }));
    expect(found(profileOf(5, 100, { needs: [], artifacts }))).toEqual(['/phases']);
    expect(found(profileOf(5, 10, { needs: [], artifacts }))).toEqual([]);
  });
});
