/** Settings of how often requests may come. */
import { DEFAULT_RATE_LIMITS, type RateLimits } from './plugins/limits.ts';
import { readNumber, readSwitch, SettingsError } from './settings-reader.ts';

/** Written as `submit=100 change=300 read=1000 task=100 failures=200 admin=on`, a minute each, tasks an hour; `off` for no limit. */
export function readRateLimits(words: readonly string[]): RateLimits {
  const name = 'TENUTO_RATE_LIMITS';
  const limits = { ...DEFAULT_RATE_LIMITS };
  for (const word of words) {
    const [group = '', value = ''] = word.split('=');
    if (group === 'admin') limits.admin = readSwitch(name, value, false);
    else if (isRateGroup(group)) {
      const off = value === 'off';
      const bounds = { least: 1, most: 1_000_000_000, unset: 0 };
      limits[group] = off ? Number.MAX_SAFE_INTEGER : readNumber(name, value, bounds);
    } else if (word === 'off') {
      const none = Number.MAX_SAFE_INTEGER;
      for (const each of RATE_GROUPS) limits[each] = none;
    } else {
      const known = [...RATE_GROUPS, 'admin'].join(', ');
      throw new SettingsError(name, `does not know "${group}": use ${known}`);
    }
  }
  return limits;
}

const RATE_GROUPS = ['submit', 'task', 'change', 'read', 'failures'] as const;

function isRateGroup(name: string): name is (typeof RATE_GROUPS)[number] {
  return RATE_GROUPS.some((group) => group === name);
}
