import Type from 'typebox';
import { Check } from 'typebox/value';
import type { ScriptStep } from './library.ts';

interface Told {
  readonly agent: string;
  readonly phase?: string;
  readonly prompt: string;
  readonly input?: unknown;
}

const TITLE_CHARS = 80;
const Named = Type.Object({
  title: Type.Optional(Type.String()),
  name: Type.Optional(Type.String()),
  project_name: Type.Optional(Type.String()),
  goal: Type.Optional(Type.String()),
  idea: Type.Optional(Type.String()),
  description: Type.Optional(Type.String()),
});
const WithIntake = Type.Object({ intake: Named });

/** What the work is about: as the intake names it, else the beginning of the prompt. */
export function titleOf({ input, prompt }: Told): string {
  const named = Check(WithIntake, input) ? input.intake : Check(Named, input) ? input : {};
  const { title, name, project_name: project, goal, idea, description } = named;
  const first = title ?? name ?? project ?? goal ?? idea ?? description ?? prompt;
  const line = first.split('\n').find((each) => each.trim() !== '') ?? 'the work';
  return line.trim().slice(0, TITLE_CHARS).toWellFormed();
}

/** Puts `{{title}}`, `{{agent}}`, `{{phase}}` and `{{prompt}}` into a recorded step, once. */
export function filled(step: ScriptStep, told: Told): ScriptStep {
  const values: Readonly<Record<string, string>> = {
    title: titleOf(told),
    agent: told.agent,
    phase: told.phase ?? '',
    prompt: told.prompt,
  };
  const put = (text: string) =>
    text.replaceAll(/\{\{(title|agent|phase|prompt)\}\}/g, (_, name: string) => values[name] ?? '');
  const { text, tool_calls: calls } = step;
  return {
    ...step,
    ...(text !== undefined && { text: put(text) }),
    ...(calls !== undefined && {
      tool_calls: calls.map(({ tool, input }) => ({ tool, input: filledInput(input, put) })),
    }),
  };
}

function filledInput(
  input: Readonly<Record<string, unknown>>,
  put: (text: string) => string,
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(input).map(([name, value]) => [
      name,
      typeof value === 'string' ? put(value) : value,
    ]),
  );
}
