import type { SettingView } from '@tenuto/contract';
import type { Settings } from './settings.ts';
import { SETTINGS, type SettingEntry } from './settings-catalogue.ts';

/** All settings as they are in force, and where each comes from; no secret is among them. */
export function settingViews(settings: Settings): readonly SettingView[] {
  return SETTINGS.map((entry) => settingView(entry, settings));
}

function settingView(entry: SettingEntry, settings: Settings): SettingView {
  const { name, group, meaning, of, place, file = false } = entry;
  const source = settings.origin(name) ?? (file ? 'file' : 'default');
  const secret = of === undefined && place === undefined;
  const shown = place === undefined ? of?.(settings) : placeOf(place(settings));
  return {
    ...{ name, group, meaning, source, secret },
    value: typeof shown === 'object' ? [...shown] : (shown ?? null),
    is_set: secret ? source !== 'default' : shown !== undefined,
  };
}

/** An address without whatever may hold a password. */
function placeOf(address: string | undefined): string | undefined {
  if (address === undefined) return undefined;
  const url = URL.parse(address);
  return url === null ? HIDDEN : `${url.protocol}//${url.host}${url.pathname}`;
}

const HIDDEN = '***';
