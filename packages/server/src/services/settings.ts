import type { SettingsView, SettingView } from '@tenuto/contract';
import { authorize, type Caller } from '../auth/principal.ts';

export interface SettingsParts {
  /** As they are in force; no secret is among them. */
  readonly settings: () => readonly SettingView[];
}

/** How the server that answers was set up. */
export function readServerSettings({ settings }: SettingsParts, caller: Caller): SettingsView {
  authorize(caller.principal, 'admin', 'settings');
  return { settings: [...settings()] };
}
