import type { SettingView } from '@tenuto/contract';
import { SETTINGS_WORDS as words } from '../words-settings.ts';

/** The value of a setting as people read it; of a secret only whether there is one. */
export function settingText({ secret, is_set: isSet, value }: SettingView): string {
  if (secret) return isSet ? words.secret : words.unset;
  if (value === null) return words.unset;
  if (Array.isArray(value)) return value.length === 0 ? words.empty : value.join(', ');
  if (typeof value === 'boolean') return value ? words.on : words.off;
  return String(value);
}

/** Whether a setting is looked for. */
export function fitsSetting(
  { name, meaning, source }: SettingView,
  { text, onlyChanged }: { readonly text: string; readonly onlyChanged: boolean },
): boolean {
  if (onlyChanged && source === 'default') return false;
  const wanted = text.trim().toLowerCase();
  return `${name} ${meaning}`.toLowerCase().includes(wanted);
}
