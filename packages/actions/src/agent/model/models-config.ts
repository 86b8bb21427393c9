import Type, { type Static } from 'typebox';
import { Check, Errors } from 'typebox/value';

const closed = { additionalProperties: false } as const;

export const PROVIDER_TYPES = ['anthropic', 'openai', 'google', 'openai_compatible'] as const;
export type ProviderType = (typeof PROVIDER_TYPES)[number];

const ProviderSchema = Type.Object(
  {
    type: Type.Optional(Type.Enum([...PROVIDER_TYPES])),
    base_url: Type.Optional(Type.String({ pattern: '^https?://[^\\s]+$' })),
    api_key_env: Type.Optional(Type.String({ pattern: '^[A-Za-z_][A-Za-z0-9_]*$' })),
    api_key_secret: Type.Optional(
      Type.String({ minLength: 1, maxLength: 200, description: 'A stored secret of each owner.' }),
    ),
    headers: Type.Optional(Type.Record(Type.String(), Type.String())),
    structured_outputs: Type.Optional(Type.Boolean()),
  },
  closed,
);
export type ProviderConfig = Static<typeof ProviderSchema>;

const ModelSchema = Type.Object(
  {
    context_tokens: Type.Optional(Type.Integer({ minimum: 1_000, maximum: 100_000_000 })),
    max_output_tokens: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000 })),
  },
  closed,
);

/** The file that says which models a deployment has. */
const ModelsSchema = Type.Object(
  {
    providers: Type.Optional(
      Type.Record(Type.String({ pattern: '^[A-Za-z][A-Za-z0-9_-]{0,63}$' }), ProviderSchema),
    ),
    models: Type.Optional(Type.Record(Type.String({ pattern: '^[^/]+/.+$' }), ModelSchema)),
    default_model: Type.Optional(Type.String({ pattern: '^[^/]+/.+$' })),
  },
  closed,
);
export type ModelsConfig = Static<typeof ModelsSchema>;

/** @throws TypeError that says what is wrong, without any value */
export function readModelsConfig(written: unknown): ModelsConfig {
  if (!Check(ModelsSchema, written)) {
    const [first] = Errors(ModelsSchema, written);
    throw new TypeError(`${first?.instancePath || '/'} ${first?.message ?? 'is wrong'}`);
  }
  for (const [name, provider] of Object.entries(written.providers ?? {})) {
    const type = typeOf(name, provider);
    if (name === 'scripted') throw new TypeError('/providers/scripted is there already');
    if (type === undefined) {
      throw new TypeError(`/providers/${name}/type must be one of ${PROVIDER_TYPES.join(', ')}`);
    }
    if (type === 'openai_compatible' && provider.base_url === undefined) {
      throw new TypeError(`/providers/${name}/base_url must be there`);
    }
  }
  return written;
}

/** What a provider speaks: its type, or its name where that says it. */
export function typeOf(name: string, { type }: ProviderConfig): ProviderType | undefined {
  return type ?? PROVIDER_TYPES.find((known) => known === name);
}
