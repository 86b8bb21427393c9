import {
  type GovernancePolicy,
  type RecoveryRule,
  SETTING_GROUPS,
  SETTING_SOURCES,
  type SettingsView,
  type StandingPolicies,
} from '@tenuto/contract';
import { type CallOptions, createReader } from './reading.ts';
import {
  fields,
  flag,
  isRecord,
  listOf,
  nullable,
  number,
  oneOf,
  type Shape,
  text,
} from './shape.ts';
import type { TransportOptions } from './transport.ts';

/** How a server was set up. Every function throws as `createClient` says. */
export interface ServerSettings {
  /** In force, with where each comes from; secrets only as whether there is one. */
  read(options?: CallOptions): Promise<SettingsView>;
  /** What holds for all phases, and for jobs that go by the default recovery policy. */
  policies(options?: CallOptions): Promise<StandingPolicies>;
}

type Value = SettingsView['settings'][number]['value'];
const texts = listOf(text);
const value: Shape<Value> = (one): one is Value =>
  one === null || text(one) || number(one) || flag(one) || texts(one);

const settingsShape: Shape<SettingsView> = fields({
  settings: listOf(
    fields({
      name: text,
      group: oneOf(SETTING_GROUPS),
      meaning: text,
      source: oneOf(SETTING_SOURCES),
      secret: flag,
      value,
      is_set: flag,
    }),
  ),
});

// What a policy says is the server's business.
const governance = (one: unknown): one is GovernancePolicy => isRecord(one);
const rule = (one: unknown): one is RecoveryRule => isRecord(one) && text(one.action);
const policiesShape: Shape<StandingPolicies> = fields({
  governance: nullable(governance),
  recovery: listOf(rule),
});

export function createSettings(transport: TransportOptions): ServerSettings {
  const { read } = createReader(transport);
  return {
    read: (options) => read('/settings', settingsShape, {}, options),
    policies: (options) => read('/policies', policiesShape, {}, options),
  };
}
