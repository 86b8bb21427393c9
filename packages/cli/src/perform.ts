import type { Command } from './commands/command.ts';

/** Carries a command out with the arguments of its command line. */
export type Perform = <A extends readonly unknown[]>(
  command: Command<A>,
  ...args: A
) => Promise<void>;

/** Gathers the values of an option that may be repeated. */
export function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}
