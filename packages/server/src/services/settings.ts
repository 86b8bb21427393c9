import type {
  GovernancePolicy,
  SettingsView,
  SettingView,
  StandingPolicies,
} from '@tenuto/contract';
import { DEFAULT_RULES } from '@tenuto/engine';
import { authorize, type Caller } from '../auth/principal.ts';

export interface SettingsParts {
  /** As they are in force; no secret is among them. */
  readonly settings: () => readonly SettingView[];
  /** What every phase must keep to here. */
  readonly governancePolicy: GovernancePolicy | undefined;
}

/** How the server that answers was set up. */
export function readServerSettings({ settings }: SettingsParts, caller: Caller): SettingsView {
  authorize(caller.principal, 'admin', 'settings');
  return { settings: [...settings()] };
}

/** The policies that hold without being named by a profile or a job. */
export function readStandingPolicies(
  { governancePolicy }: SettingsParts,
  caller: Caller,
): StandingPolicies {
  authorize(caller.principal, 'runs:read', 'policies');
  return { governance: governancePolicy ?? null, recovery: [...DEFAULT_RULES] };
}
