import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { GATE_SEVERITIES, type Profile } from '@tenuto/contract';
import { compilePlan, needsOfPhases, profileGraph } from '@tenuto/engine';
import { beforeAll, describe, expect, it } from 'vitest';
import { createProfileFiles, SHIPPED_PROFILES } from './profile-files.ts';

const NAMES = ['analytics_forecast_app', 'ml_model', 'web_application'];
const PHASES = ['planning', 'architecture', 'data', 'development', 'qa', 'documentation'];
const warned: unknown[] = [];
const files = createProfileFiles({
  folders: [{ path: SHIPPED_PROFILES, source: 'shipped' }],
  clock: { mono: () => 0 },
  log: { warn: (fields) => void warned.push(fields) },
});
let profiles: readonly Profile[] = [];
beforeAll(async () => {
  profiles = (await files.list()).map(({ profile }) => profile);
});

describe('the profiles that ship', () => {
  it('are three, and nothing is wrong with them', () => {
    expect(warned).toEqual([]);
    expect(profiles.map(({ name }) => name)).toEqual(NAMES);
  });

  it.each(NAMES)('%s has the six phases, each with agents, artifacts and gates', (name) => {
    const profile = profiles.find((one) => one.name === name);
    expect(profile?.phases.map(({ id }) => id)).toEqual(PHASES);
    for (const phase of profile?.phases ?? []) {
      expect(phase.artifacts?.length).toBeGreaterThan(0);
      expect(phase.gates?.length).toBeGreaterThan(0);
      const left = phase.agents.flatMap((agent) => agent.artifacts ?? []);
      const named = phase.artifacts?.map(({ path }) => path);
      // Each artifact is somebody's: of those agents that say what they leave, or of the only one.
      if (left.length > 0) expect(left.toSorted()).toEqual(named?.toSorted());
      else expect(phase.agents).toHaveLength(1);
    }
  });

  it.each(NAMES)('%s compiles, with and without waiting for next', (name) => {
    const profile = profiles.find((one) => one.name === name);
    if (profile === undefined) throw new Error(name);
    for (const autoAdvance of [undefined, true, false]) {
      const { dag } = profileGraph(profile, autoAdvance);
      expect(compilePlan(dag).nodeCount).toBe(dag.nodes.length);
    }
  });

  it('use all types of gates and both severities, and tell what to do about the blocking ones', () => {
    const gates = profiles.flatMap(({ phases }) => phases.flatMap((phase) => phase.gates ?? []));
    expect(new Set(gates.map(({ type }) => type)).size).toBe(8);
    expect(new Set(gates.map(({ severity = 'error' }) => severity))).toEqual(
      new Set(GATE_SEVERITIES),
    );
    expect(gates.filter(({ remediation }) => remediation !== undefined).length).toBeGreaterThan(20);
  });

  it('have one with phases that go on side by side', () => {
    const needs = profiles.map(({ phases }) => needsOfPhases(phases));
    const sharing = needs.filter((all) =>
      [...all.values()].some((one, i) =>
        [...all.values()].some(
          (other, n) => n > i && one.length > 0 && one.join() === other.join(),
        ),
      ),
    );
    expect(sharing).toHaveLength(1);
  });

  it('name prompts that are there, and leave none unused', async () => {
    const used = new Set(
      profiles.flatMap(({ phases }) =>
        phases.flatMap(({ agents }) => agents.map((agent) => agent.system_file ?? '')),
      ),
    );
    for (const name of used) expect((await files.prompt(name))?.length).toBeGreaterThan(200);
    expect((await readdir(join(SHIPPED_PROFILES, 'prompts'))).toSorted()).toEqual(
      [...used].toSorted(),
    );
  });
});
