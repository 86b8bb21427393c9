/** The bugs that simulations are tried with: one that does not notice them proves nothing by its silence. */
import { type Rules, SOUND } from '../model/rules.ts';
import { ADOPTION_BUGS } from './adoption-bugs.ts';
import type { EngineBug } from './bug.ts';
import { CIRCUIT_BUGS } from './circuit-bugs.ts';
import { HABIT_BUGS } from './habit-bugs.ts';
import { JOURNAL_BUGS } from './journal-bugs.ts';

const ENGINE_BUGS = { ...JOURNAL_BUGS, ...ADOPTION_BUGS, ...CIRCUIT_BUGS, ...HABIT_BUGS };

/** A rule of the store that is taken away, or what is wrong with the engines. */
export type PlantedName = keyof Rules | keyof typeof ENGINE_BUGS;

export interface Planted {
  readonly rules?: Rules;
  readonly bug?: EngineBug;
}

export const PLANTED: Readonly<Record<PlantedName, Planted>> = {
  ...mapped(SOUND, (rule) => ({ rules: { ...SOUND, [rule]: false } })),
  ...mapped(ENGINE_BUGS, (name) => ({ bug: ENGINE_BUGS[name] })),
};

export const PLANTED_NAMES = Object.keys(PLANTED) as readonly PlantedName[];

function mapped<Name extends string>(
  of: Readonly<Record<Name, unknown>>,
  make: (name: Name) => Planted,
): Record<Name, Planted> {
  const names = Object.keys(of) as Name[];
  return Object.fromEntries(names.map((name) => [name, make(name)])) as Record<Name, Planted>;
}
