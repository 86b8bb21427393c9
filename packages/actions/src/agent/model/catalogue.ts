/** From names of models to models: by the operator's configuration, with a key where one is needed. */
import { createAnthropic } from '@ai-sdk/anthropic';
import { createGoogle } from '@ai-sdk/google';
import { createOpenAI } from '@ai-sdk/openai';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import type { ProviderV4 } from '@ai-sdk/provider';
import { type Clock, createMask, type OpenSecret } from '@tenuto/engine';
import { createProviderRegistry } from 'ai';
import { hostLookup, type Lookup } from '../../http/connector.ts';
import { guardedAgent } from '../../http/guarded-agent.ts';
import { secretKeptFrom } from '../../secret-hosts.ts';
import { stop } from '../failure.ts';
import { AGENT_LIMITS } from '../limits.ts';
import type { ScriptLibrary } from '../scripted/library.ts';
import { scriptedModel } from '../scripted/scripted-model.ts';
import type { AgentModel, ModelCatalogue } from './agent-model.ts';
import {
  type ModelsConfig,
  type ProviderConfig,
  type ProviderType,
  typeOf,
} from './models-config.ts';
import { providerAllow, providerFetch } from './provider-fetch.ts';

export interface CatalogueOptions {
  readonly config: ModelsConfig;
  /** Where the keys are that the configuration names. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Wins over the one of the configuration. */
  readonly defaultModel?: string;
  /** `TENUTO_HTTP_ALLOW`. */
  readonly httpAllow: readonly string[];
  readonly clock: Pick<Clock, 'after'>;
  readonly scripts: ScriptLibrary;
  /** Opens an owner's stored secrets, for providers whose key is one. */
  readonly openSecrets?: (
    owner: string,
    names: readonly string[],
  ) => Promise<ReadonlyMap<string, OpenSecret>>;
  readonly lookup?: Lookup;
}

/** Providers that need no file: a key in the usual variable is enough. */
const USUAL: Readonly<
  Record<string, { readonly keys: readonly string[]; readonly model: string }>
> = {
  anthropic: { keys: ['ANTHROPIC_API_KEY'], model: 'anthropic/claude-sonnet-4-5' },
  openai: { keys: ['OPENAI_API_KEY'], model: 'openai/gpt-5-mini' },
  google: {
    keys: ['GOOGLE_GENERATIVE_AI_API_KEY', 'GEMINI_API_KEY'],
    model: 'google/gemini-2.5-flash',
  },
};

const BASE_URLS: Readonly<Record<ProviderType, string>> = {
  anthropic: 'https://api.anthropic.com/v1',
  openai: 'https://api.openai.com/v1',
  google: 'https://generativelanguage.googleapis.com/v1beta',
  openai_compatible: '',
};

interface Known {
  readonly name: string;
  readonly type: ProviderType;
  readonly baseUrl: string;
  readonly config: ProviderConfig;
}

/**
 * The models that agents may name.
 * @throws TypeError for a base URL whose host cannot be read
 */
export function createModelCatalogue(
  options: CatalogueOptions,
): ModelCatalogue & { close(): Promise<void> } {
  const { config, environment, scripts, openSecrets } = options;
  const known = providersOf(options);
  const custom = [...known.values()].map(({ config: { base_url: url } }) => url ?? '');
  const allow = providerAllow(options.httpAllow, custom);
  const agent = guardedAgent({ allow, lookup: options.lookup ?? hostLookup });
  const fetch = providerFetch(agent, allow);
  return {
    defaultModel: options.defaultModel ?? config.default_model ?? usualModel(options, known),
    close: () => agent.destroy(),
    async find(name, owner) {
      const [first = '', model = ''] = splitName(name);
      const size = config.models?.[name];
      const limits = {
        contextTokens: size?.context_tokens ?? AGENT_LIMITS.contextTokens,
        maxOutputTokens: size?.max_output_tokens ?? AGENT_LIMITS.outputTokens,
      };
      if (first === 'scripted') {
        return { ...scriptedModel(scripts, model, options.clock), ...limits };
      }
      const provider = known.get(first);
      if (provider === undefined || model === '') throw unknownModel(name, [...known.keys()]);
      const key = await keyOf(provider, { environment, openSecrets, owner });
      const registry = createProviderRegistry(
        { [first]: providerOf(provider, { fetch, key }) },
        { separator: '/' },
      );
      return {
        ...describe(provider, name, key),
        ...limits,
        language: registry.languageModel(`${first}/${model}`),
      };
    },
  };
}

function splitName(name: string): readonly string[] {
  const slash = name.indexOf('/');
  return slash < 1 ? [] : [name.slice(0, slash), name.slice(slash + 1)];
}

function describe(
  { type, config, baseUrl }: Known,
  name: string,
  key: string | undefined,
): Pick<AgentModel, 'name' | 'scripted' | 'structured' | 'mask'> {
  const secrets = [key, ...Object.values(config.headers ?? {})].filter(
    (each) => each !== undefined,
  );
  const mask = createMask(secrets);
  return {
    name,
    scripted: false,
    structured: config.structured_outputs ?? (type !== 'openai_compatible' || baseUrl === ''),
    mask: (text) => mask.text(text),
  };
}

/** Those of the configuration, and those whose usual variable holds a key. */
function providersOf({ config, environment }: CatalogueOptions): Map<string, Known> {
  const known = new Map<string, Known>();
  for (const [name, { keys }] of Object.entries(USUAL)) {
    const key = keys.find((each) => isSet(environment[each]));
    if (key !== undefined) put(known, name, { api_key_env: key });
  }
  for (const [name, provider] of Object.entries(config.providers ?? {})) {
    const usual = known.get(name)?.config.api_key_env;
    const hasOwnKey = provider.api_key_env !== undefined || provider.api_key_secret !== undefined;
    const inherits = !hasOwnKey && usual !== undefined && (provider.type ?? name) === name;
    put(known, name, { ...provider, ...(inherits && { api_key_env: usual }) });
  }
  return known;
}

function put(known: Map<string, Known>, name: string, config: ProviderConfig): void {
  const type = typeOf(name, config);
  if (type === undefined) return;
  known.set(name, { name, type, config, baseUrl: config.base_url ?? BASE_URLS[type] });
}

function isSet(value: string | undefined): value is string {
  return value !== undefined && value.trim() !== '';
}

function usualModel({ environment }: CatalogueOptions, known: ReadonlyMap<string, Known>): string {
  const first = Object.entries(USUAL).find(([name]) =>
    isSet(environment[known.get(name)?.config.api_key_env ?? '']),
  );
  return first?.[1].model ?? 'scripted/default';
}

interface KeySources extends Pick<CatalogueOptions, 'environment'> {
  readonly openSecrets: CatalogueOptions['openSecrets'] | undefined;
  readonly owner: string;
}

/** @throws AgentStop when the key that is named is not there, or may not be sent to the provider */
async function keyOf(
  { name, type, config, baseUrl }: Known,
  { environment, openSecrets, owner }: KeySources,
): Promise<string | undefined> {
  const { api_key_env: variable, api_key_secret: secret } = config;
  if (secret !== undefined) {
    const found = (await openSecrets?.(owner, [secret]))?.get(secret);
    const { value, allowedHosts } = found ?? {};
    if (value !== undefined) {
      const use = { name: secret, ...(allowedHosts !== undefined && { allowedHosts }) };
      if (secretKeptFrom([use], baseUrl) === undefined) return value;
      const message = `The secret ${secret} is bound to hosts; the provider ${name} is not one of them.`;
      throw stop('validation', 'secret_host_refused', message);
    }
  }
  const key = variable === undefined ? undefined : environment[variable];
  if (isSet(key)) return key.trim();
  if (variable === undefined && secret === undefined && type === 'openai_compatible') {
    return undefined;
  }
  const wanted = [
    ...(secret === undefined ? [] : [`store the secret ${secret}`]),
    ...(variable === undefined ? [] : [`set ${variable}`]),
  ];
  const what = wanted.join(', or ') || 'say `api_key_env` or `api_key_secret` in TENUTO_MODELS';
  throw stop('validation', 'model_key_missing', `The provider ${name} has no key: ${what}.`);
}

interface Access {
  readonly fetch: typeof fetch;
  readonly key: string | undefined;
}

function providerOf({ name, type, baseUrl, config }: Known, { fetch, key }: Access): ProviderV4 {
  const headers = config.headers ?? {};
  const common = { baseURL: baseUrl, fetch, headers, ...(key !== undefined && { apiKey: key }) };
  switch (type) {
    case 'anthropic':
      return createAnthropic(common);
    case 'openai':
      return createOpenAI(common);
    case 'google':
      return createGoogle(common);
    case 'openai_compatible':
      return createOpenAICompatible({
        ...common,
        name,
        includeUsage: true,
        supportsStructuredOutputs: config.structured_outputs === true,
      });
  }
}

function unknownModel(name: string, providers: readonly string[]) {
  const known = [...providers, 'scripted'].join(', ');
  const message = `There is no model "${name}". Name it as provider/model; the providers here are ${known}. The operator adds others in TENUTO_MODELS, or sets their key.`;
  return stop('validation', 'unknown_model', message);
}
