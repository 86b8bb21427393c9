import { SETTING_GROUPS, SETTING_SOURCES, type SettingsView } from '@tenuto/contract';
import { type CallOptions, createReader } from './reading.ts';
import { fields, flag, listOf, number, oneOf, type Shape, text } from './shape.ts';
import type { TransportOptions } from './transport.ts';

/** How a server was set up. Every function throws as `createClient` says. */
export interface ServerSettings {
  /** In force, with where each comes from; secrets only as whether there is one. */
  read(options?: CallOptions): Promise<SettingsView>;
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

export function createSettings(transport: TransportOptions): ServerSettings {
  const { read } = createReader(transport);
  return { read: (options) => read('/settings', settingsShape, {}, options) };
}
