import Type, { type TSchema } from 'typebox';

/** The envelope of every list, with the example of its items; `next_cursor` goes on where this page ended, at any depth. */
export function listSchema<Item extends TSchema>(item: Item) {
  const examples: unknown = Reflect.get(item, 'examples');
  const items = Array.isArray(examples) ? examples : [];
  return Type.Object(
    {
      items: Type.Array(item),
      total: Type.Integer({ minimum: 0 }),
      total_is_estimate: Type.Optional(
        Type.Boolean({ description: 'True when `total` is over 10,000 and only estimated.' }),
      ),
      limit: Type.Integer({ minimum: 1 }),
      offset: Type.Integer({ minimum: 0 }),
      has_more: Type.Boolean(),
      next_cursor: Type.Union([Type.String(), Type.Null()]),
    },
    {
      additionalProperties: false,
      examples: [
        { items, total: items.length, limit: 20, offset: 0, has_more: false, next_cursor: null },
      ],
    },
  );
}

export interface List<Item> {
  readonly items: Item[];
  readonly total: number;
  readonly total_is_estimate?: boolean;
  readonly limit: number;
  readonly offset: number;
  readonly has_more: boolean;
  readonly next_cursor: string | null;
}

/** The paging parameters of a list; `cursor` and `offset` exclude each other. */
export function pagingParameters({
  limit,
  most,
}: {
  readonly limit: number;
  readonly most: number;
}) {
  return {
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: most, default: limit })),
    offset: Type.Optional(Type.Integer({ minimum: 0, maximum: 1_000_000_000, default: 0 })),
    cursor: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 2_000,
        description: '`next_cursor` of the page before.',
      }),
    ),
  };
}
