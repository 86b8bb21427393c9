/** Recorded answers, by script, agent and step. */
import type { JsonObject } from '@tenuto/contract';
import Type, { type Static } from 'typebox';
import { Check, Errors } from 'typebox/value';

const closed = { additionalProperties: false } as const;
const count = Type.Integer({ minimum: 0, maximum: 100_000_000 });

const StepSchema = Type.Object(
  {
    text: Type.Optional(Type.String({ maxLength: 1_000_000 })),
    tool_calls: Type.Optional(
      Type.Array(
        Type.Object(
          {
            tool: Type.String({ minLength: 1, maxLength: 200 }),
            input: Type.Record(Type.String(), Type.Unknown()),
          },
          closed,
        ),
        { maxItems: 50 },
      ),
    ),
    usage: Type.Optional(
      Type.Object(
        {
          input: count,
          output: count,
          cached: Type.Optional(count),
          reasoning: Type.Optional(count),
        },
        closed,
      ),
    ),
    delay_ms: Type.Optional(Type.Integer({ minimum: 0, maximum: 600_000 })),
    finish: Type.Optional(Type.Enum(['stop', 'length', 'content_filter'])),
  },
  closed,
);
export type ScriptStep = Static<typeof StepSchema>;

const ScriptSchema = Type.Object(
  {
    name: Type.String({ pattern: '^[A-Za-z][A-Za-z0-9_-]{0,63}$' }),
    description: Type.Optional(Type.String({ maxLength: 2_000 })),
    /** Words of a prompt by which it is told from others that would fit as well. */
    hint: Type.Optional(Type.String({ minLength: 3, maxLength: 200 })),
    agents: Type.Record(
      Type.String({ pattern: '^[A-Za-z][A-Za-z0-9_-]*(/[A-Za-z][A-Za-z0-9_-]*)?$' }),
      Type.Array(StepSchema, { minItems: 1, maxItems: 200 }),
    ),
  },
  closed,
);
export type Script = Static<typeof ScriptSchema>;

/** All scripts of a deployment, by name. `default` stands for whichever fits. */
export type ScriptLibrary = ReadonlyMap<string, Script>;

/**
 * @param written what was read from files
 * @throws TypeError that says which script is wrong, and where
 */
export function createScriptLibrary(
  written: readonly { readonly file: string; readonly content: unknown }[],
): ScriptLibrary {
  const library = new Map<string, Script>();
  for (const { file, content } of written) {
    if (!Check(ScriptSchema, content)) {
      const [first] = Errors(ScriptSchema, content);
      throw new TypeError(
        `The script ${file} is wrong at ${first?.instancePath || '/'}: ${first?.message ?? ''}`,
      );
    }
    if (content.name === 'default') throw new TypeError(`The script ${file} is named "default".`);
    library.set(content.name, content);
  }
  return library;
}

/** Who asks, as the scripted model is told beside the prompt. */
export interface ScriptedContext {
  readonly agent: string;
  readonly phase?: string;
  readonly prompt: string;
  readonly input?: unknown;
  /** Files that are expected, with their whole paths. */
  readonly expected: readonly {
    readonly path: string;
    readonly type?: string;
    readonly description?: string;
    readonly required: boolean;
  }[];
  readonly schema?: JsonObject;
}

/** The recorded steps for an agent; undefined when none fit what is expected of it. */
export function stepsFor(
  library: ScriptLibrary,
  name: string,
  context: ScriptedContext,
): readonly ScriptStep[] | undefined {
  const named = library.get(name);
  if (named !== undefined) return stepsIn(named, context);
  // Without a name a script is only meant where its files are, and those who came before are its own.
  if (context.expected.length === 0) return undefined;
  const fitting = [...library.values()].filter(
    (script) => stepsIn(script, context) !== undefined && knowsEarlier(script, context),
  );
  const hinted = fitting.find(({ hint }) => hint !== undefined && context.prompt.includes(hint));
  const script = hinted ?? fitting[0];
  return script && stepsIn(script, context);
}

function stepsIn({ agents }: Script, context: ScriptedContext): readonly ScriptStep[] | undefined {
  const keys = [`${context.phase}/${context.agent}`, context.agent, context.phase ?? ''];
  const steps = keys.map((key) => entry(agents, key)).find((each) => each !== undefined);
  if (steps === undefined) return undefined;
  return leavesAll(together(agents, steps, context), context) ? steps : undefined;
}

const WithEarlier = Type.Object({
  earlier: Type.Array(Type.Object({ phase: Type.String(), agent: Type.String() })),
});

/** Whether those who worked before, as an agent of a profile is told, are in the script too. */
function knowsEarlier({ agents }: Script, { input }: ScriptedContext): boolean {
  if (!Check(WithEarlier, input)) return true;
  return input.earlier.every(({ phase, agent }) => Object.hasOwn(agents, `${phase}/${agent}`));
}

function entry(agents: Script['agents'], key: string): readonly ScriptStep[] | undefined {
  return Object.hasOwn(agents, key) ? agents[key] : undefined;
}

/** Those who work in one phase share what is expected of it. */
function together(
  agents: Script['agents'],
  own: readonly ScriptStep[],
  { phase }: ScriptedContext,
): readonly ScriptStep[] {
  const others = Object.entries(agents).filter(([key]) => key.startsWith(`${phase}/`));
  return [...own, ...others.flatMap(([, steps]) => steps)];
}

function leavesAll(steps: readonly ScriptStep[], { expected }: ScriptedContext): boolean {
  const written = new Set(
    steps.flatMap(({ tool_calls: calls = [] }) =>
      calls.flatMap(({ tool, input }) => (tool === 'workspace.write' ? [input.path] : [])),
    ),
  );
  return expected.every(({ path, required }) => !required || written.has(path));
}
