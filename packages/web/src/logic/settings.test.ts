import type { SettingView } from '@tenuto/contract';
import { expect, it } from 'vitest';
import { fitsSetting, settingText } from './settings.ts';

const PORT: SettingView = {
  ...{ name: 'PORT', group: 'server', meaning: 'Port of the API.', source: 'flag' },
  ...{ secret: false, value: 8_420, is_set: true },
};

it.each([
  [{}, '8420'],
  [{ value: ['node', 'git'] }, 'node, git'],
  [{ value: [] }, 'none'],
  [{ value: false }, 'off'],
  [{ value: null, is_set: false }, 'not set'],
  [{ value: null, secret: true }, 'set, and never shown'],
  [{ value: null, secret: true, is_set: false }, 'not set'],
] as const)('a setting %j is read as %s', (over, text) => {
  expect(settingText({ ...PORT, ...structuredClone(over) } as SettingView)).toBe(text);
});

it('is found by its name and by what it means', () => {
  const any = { onlyChanged: false };
  expect(fitsSetting(PORT, { ...any, text: 'port' })).toBe(true);
  expect(fitsSetting(PORT, { ...any, text: ' api' })).toBe(true);
  expect(fitsSetting(PORT, { ...any, text: 'redis' })).toBe(false);
  expect(fitsSetting({ ...PORT, source: 'default' }, { onlyChanged: true, text: '' })).toBe(false);
});
