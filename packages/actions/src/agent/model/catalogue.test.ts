import type { OpenSecret } from '@tenuto/engine';
import { startProviderServer } from '@tenuto/testkit';
import { describe, expect, it, onTestFinished } from 'vitest';
import { realClock } from '../agent.fixture.ts';
import { createScriptLibrary } from '../scripted/library.ts';
import { type CatalogueOptions, createModelCatalogue } from './catalogue.ts';
import { readModelsConfig } from './models-config.ts';

function catalogue(written: object, more: Partial<CatalogueOptions> = {}) {
  const models = createModelCatalogue({
    ...{ config: readModelsConfig(written), environment: {}, httpAllow: [], clock: realClock },
    scripts: createScriptLibrary([]),
    ...more,
  });
  onTestFinished(() => models.close());
  return models;
}

const local = (more: object = {}) => ({
  providers: { local: { type: 'openai_compatible', base_url: 'http://127.0.0.1:1/v1', ...more } },
});

describe('the models of a deployment', () => {
  it('are scripted when no provider has a key', async () => {
    const models = catalogue({});
    expect(models.defaultModel).toBe('scripted/default');
    expect(await models.find('scripted/default', 'ann')).toMatchObject({ scripted: true });
  });

  it.each([
    ['ANTHROPIC_API_KEY', 'anthropic', 'anthropic.messages'],
    ['OPENAI_API_KEY', 'openai', 'openai.responses'],
    ['GEMINI_API_KEY', 'google', 'google.generative-ai'],
  ])('are those whose usual variable is set: %s', async (variable, provider, speaks) => {
    const models = catalogue({}, { environment: { [variable]: 'key' } });
    expect(models.defaultModel).toMatch(new RegExp(`^${provider}/`));
    const model = await models.find(`${provider}/some-model`, 'ann');
    expect(model.language.modelId).toBe('some-model');
    expect(model.language.provider).toBe(speaks);
  });

  it('take their default from the setting before the file', () => {
    const written = { ...local(), default_model: 'local/a' };
    expect(catalogue(written).defaultModel).toBe('local/a');
    expect(catalogue(written, { defaultModel: 'local/b' }).defaultModel).toBe('local/b');
  });

  it('have the sizes that the file says', async () => {
    const models = catalogue({
      ...local(),
      models: { 'local/small': { context_tokens: 8_000, max_output_tokens: 500 } },
    });
    expect(await models.find('local/small', 'ann')).toMatchObject({
      contextTokens: 8_000,
      maxOutputTokens: 500,
    });
    expect(await models.find('local/other/part', 'ann')).toMatchObject({ contextTokens: 128_000 });
  });

  it.each([
    'nowhere/model',
    'local',
    'local/',
    '/x',
    'scripted/none',
  ])('do not include %s, and say which there are', async (name) => {
    await expect(catalogue(local()).find(name, 'ann')).rejects.toMatchObject({
      error: { type: 'unknown_model', classification: 'validation' },
    });
  });

  it('say which key is missing', async () => {
    const models = catalogue(local({ api_key_env: 'MY_KEY' }));
    await expect(models.find('local/a', 'ann')).rejects.toMatchObject({
      error: { type: 'model_key_missing', message: 'The provider local has no key: set MY_KEY.' },
    });
  });

  it('take the key of the owner from stored secrets, if it may be sent there', async () => {
    const provider = await startProviderServer(() => ({ text: 'hi' }));
    onTestFinished(() => provider.close());
    const secrets = new Map<string, OpenSecret>([
      ['ann', { value: 'sk-of-ann-here' }],
      ['bob', { value: 'sk-of-bob-here', allowedHosts: ['api.example.com'] }],
    ]);
    const openSecrets = async (owner: string) => {
      const secret = secrets.get(owner);
      return new Map(secret === undefined ? [] : [['llm', secret]]);
    };
    const written = local({ base_url: provider.url, api_key_secret: 'llm' });
    const models = catalogue(written, { openSecrets });
    const { language, mask } = await models.find('local/a', 'ann');
    const prompt = [{ role: 'user' as const, content: [{ type: 'text' as const, text: 'x' }] }];
    // It streams, and is asked for no stream here: what it was sent is what matters.
    await Promise.resolve(language.doGenerate({ prompt })).catch(() => undefined);
    expect(provider.requests[0]?.headers.authorization).toBe('Bearer sk-of-ann-here');
    expect(mask('it was sk-of-ann-here')).toBe('it was ***');
    const refused = models.find('local/a', 'bob');
    await expect(refused).rejects.toMatchObject({ error: { type: 'secret_host_refused' } });
    const missing = models.find('local/a', 'carl');
    await expect(missing).rejects.toMatchObject({ error: { type: 'model_key_missing' } });
  });
});

describe('the file of models', () => {
  it.each([
    [{ providers: { mine: { base_url: 'https://a.example' } } }, '/providers/mine/type'],
    [{ providers: { mine: { type: 'openai_compatible' } } }, '/providers/mine/base_url'],
    [{ providers: { scripted: { type: 'openai' } } }, '/providers/scripted'],
    [{ providers: { openai: { api_key: 'sk-secret' } } }, '/providers/openai'],
    [{ providers: { openai: { base_url: 'ftp://x' } } }, '/providers/openai/base_url'],
    [{ default_model: 'nothing' }, '/default_model'],
    ['text', '/'],
  ])('is refused where it is wrong: %j', (written, place) => {
    const read = () => readModelsConfig(written);
    expect(read).toThrow(TypeError);
    expect(read).toThrow(place);
    expect(read).not.toThrow('sk-secret');
  });
});
