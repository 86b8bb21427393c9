import type { JsonObject } from '@tenuto/contract';
import Type, { type Static, type TObject } from 'typebox';
import Value from 'typebox/value';
import { COMMAND_LIMITS } from './options.ts';
import { Refusal } from './refusal.ts';

/** What `command.run` and `test.run` have in common. */
export const commandFields = {
  command: Type.Array(Type.String({ pattern: '^[^\\u0000]*$' }), {
    minItems: 1,
    description: 'Argument vector: the program, then its arguments. There is no shell.',
  }),
  cwd: Type.Optional(Type.String({ description: 'Working folder.' })),
  env: Type.Optional(
    Type.Record(Type.String(), Type.String(), {
      description: 'Variables set besides those that the server passes on.',
    }),
  ),
};

export const CommandParameters = Type.Object(
  {
    ...commandFields,
    stdin: Type.Optional(Type.String({ description: 'Text for the standard input.' })),
    output: Type.Optional(
      Type.Union([Type.Literal('text'), Type.Literal('json'), Type.Literal('none')], {
        description: '`json` also parses the standard output; `none` keeps no output.',
        default: 'text',
      }),
    ),
    max_output_bytes: Type.Optional(
      Type.Integer({
        minimum: 1_024,
        maximum: COMMAND_LIMITS.outputMaxBytes,
        default: COMMAND_LIMITS.outputBytes,
        description: 'Bytes kept of each stream: its beginning and its end.',
      }),
    ),
    expected_exit_codes: Type.Optional(
      Type.Array(Type.Integer({ minimum: 0, maximum: 255 }), { minItems: 1, default: [0] }),
    ),
  },
  { additionalProperties: false },
);

/**
 * The parameters as their schema types them.
 *
 * @throws {Refusal} that names the first field which is wrong, without its value
 */
export function parseParameters<T extends TObject>(schema: T, parameters: JsonObject): Static<T> {
  if (Value.Check(schema, parameters)) return parameters;
  const [first] = Value.Errors(schema, parameters);
  const field = first?.instancePath.slice(1).replaceAll('/', '.') || 'with';
  throw new Refusal('invalid_parameters', `\`${field}\` ${first?.message ?? 'is wrong'}.`);
}
