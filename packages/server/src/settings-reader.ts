/** How single settings are read, whatever they are about. */

/** A setting that is wrong: its name and what it should be. */
export class SettingsError extends Error {
  constructor(name: string, wanted: string) {
    super(`${name} ${wanted}.`);
    this.name = 'SettingsError';
  }
}

/** Settings as they are written, under the names of their variables. */
export type Environment = Readonly<Record<string, string | undefined>>;

export interface Bounds {
  readonly least: number;
  readonly most: number;
  readonly unset: number;
}

/** How settings are read; `refuse` throws. */
export interface SettingsReader {
  /** Undefined where nothing is written. */
  text(name: string): string | undefined;
  list(name: string): readonly string[];
  number(name: string, bounds: Bounds): number;
  flag(name: string, unset: boolean): boolean;
  refuse(name: string, wanted: string): never;
}

/** @param text what is written under a name */
export function createReader(text: SettingsReader['text']): SettingsReader {
  return {
    text,
    list: (name) => (text(name) ?? '').split(/[\s,]+/).filter(Boolean),
    number: (name, bounds) => readNumber(name, text(name), bounds),
    flag: (name, unset) => readSwitch(name, text(name), unset),
    refuse(name, wanted) {
      throw new SettingsError(name, wanted);
    },
  };
}

/** @throws SettingsError */
export function readNumber(
  name: string,
  text: string | undefined,
  { least, most, unset }: Bounds,
): number {
  if (text === undefined) return unset;
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < least || value > most) {
    throw new SettingsError(name, `must be a whole number from ${least} to ${most}`);
  }
  return value;
}

/** @throws SettingsError */
export function readSwitch(name: string, text: string | undefined, unset: boolean): boolean {
  if (text === undefined) return unset;
  if (/^(on|true|1|yes)$/i.test(text)) return true;
  if (/^(off|false|0|no)$/i.test(text)) return false;
  throw new SettingsError(name, 'must be on or off');
}
