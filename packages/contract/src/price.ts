import Type, { type Static } from 'typebox';
import { listSchema } from './list.ts';
import { TimeSchema } from './time.ts';

const closed = { additionalProperties: false } as const;
const DECIMALS = 9;
const rate = { minimum: 0, maximum: 1_000_000 } as const;
const usd = (description: string) =>
  Type.Number({ ...rate, description: `${description} At most ${DECIMALS} decimals.` });

const model = Type.String({
  minLength: 1,
  maxLength: 200,
  pattern: '^[^\\s/]+(/[^\\s]+)?$',
  description: '`provider/model`, in which `*` stands for any characters. The most specific wins.',
});
const rates = {
  input_usd_per_mtok: usd('USD for a million tokens of input.'),
  output_usd_per_mtok: usd('USD for a million tokens of output.'),
} as const;
const special = {
  cached_input_usd_per_mtok: Type.Union(
    [usd('For those of the input that were cached; as input if null.'), Type.Null()],
    {},
  ),
  reasoning_usd_per_mtok: Type.Union(
    [usd('For those of the output that were reasoning; as output if null.'), Type.Null()],
    {},
  ),
} as const;

const example = {
  model: 'anthropic/claude-sonnet-4*',
  input_usd_per_mtok: 3,
  output_usd_per_mtok: 15,
  cached_input_usd_per_mtok: 0.3,
  reasoning_usd_per_mtok: null,
  effective_from: '2026-01-01T00:00:00.000Z',
};

const written = {
  model,
  ...rates,
  cached_input_usd_per_mtok: Type.Optional(special.cached_input_usd_per_mtok),
  reasoning_usd_per_mtok: Type.Optional(special.reasoning_usd_per_mtok),
  effective_from: Type.Optional({ ...TimeSchema, description: 'Now, if absent.' }),
  effective_to: Type.Optional(
    Type.Union([TimeSchema, Type.Null()], {
      description: 'Up to, and not including; null: until a later row of the same pattern.',
    }),
  ),
} as const;

/** The body of `POST /prices`. */
export const WritePriceSchema = Type.Object(written, { ...closed, examples: [example] });
export type WritePrice = Static<typeof WritePriceSchema>;

/** The body of `PUT` on one of them. */
export const ReplacePriceSchema = Type.Object(written, {
  ...closed,
  examples: [{ ...example, output_usd_per_mtok: 14, effective_from: '2026-02-01T00:00:00.000Z' }],
});

/** A row of the price table. */
export const PriceSchema = Type.Object(
  {
    price_id: Type.String({ format: 'uuid' }),
    model,
    ...rates,
    ...special,
    effective_from: TimeSchema,
    effective_to: Type.Union([TimeSchema, Type.Null()]),
    shipped: Type.Boolean({
      description: 'It comes with Tenuto and stays; a stored row of the same pattern wins.',
    }),
    updated_at: Type.Union([TimeSchema, Type.Null()]),
    updated_by: Type.Union([Type.String(), Type.Null()]),
    version: Type.Integer({ minimum: 1 }),
  },
  {
    ...closed,
    examples: [
      {
        price_id: '0199a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1b',
        ...example,
        effective_to: null,
        shipped: false,
        updated_at: '2026-01-15T09:30:00.000Z',
        updated_by: 'admin',
        version: 1,
      },
    ],
  },
);
export type Price = Static<typeof PriceSchema>;
export const PriceListSchema = listSchema(PriceSchema);
