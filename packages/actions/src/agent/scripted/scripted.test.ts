import type { JsonObject } from '@tenuto/contract';
import { compileJsonSchema } from '@tenuto/engine';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { agentCall, agentStage, logOf } from '../agent.fixture.ts';
import { agentRun } from '../agent-run.ts';
import { contentFor } from './content.ts';
import { createScriptLibrary } from './library.ts';
import { sampleOf } from './sample.ts';

async function stage(scripts: readonly object[] = []) {
  const made = await agentStage({ scripts });
  onTestFinished(() => made.remove());
  return { ...made, action: agentRun(made) };
}

const scripted = (parameters: JsonObject = {}) =>
  agentCall({ model: 'scripted/default', agent: 'planner', phase: 'planning', ...parameters });

const SCRIPT = {
  name: 'web',
  agents: {
    'planning/planner': [
      {
        text: 'I plan {{title}}.',
        tool_calls: [
          {
            tool: 'workspace.write',
            input: { path: 'artifacts/planning/PRD.md', content: '# {{title}}' },
          },
        ],
        usage: { input: 1_000, output: 200, cached: 100 },
      },
      { text: 'Planned.', usage: { input: 1_200, output: 20 } },
    ],
  },
};

describe('the scripted provider', () => {
  it('replays what was recorded for an agent in a phase, and says that it is a script', async () => {
    const { action, text } = await stage([SCRIPT]);
    const call = scripted({
      model: 'scripted/web',
      input: { intake: { title: 'Shop {{title}}' } },
    });
    expect(await action.run(call)).toMatchObject({
      status: 'completed',
      output: {
        ...{ text: 'Planned.', model: 'scripted/web', steps: 2 },
        usage: { input: 2_200, output: 220, cached: 100, reasoning: 0 },
        artifacts: ['artifacts/planning/PRD.md'],
      },
    });
    // Values are data: what a placeholder yields is not filled in again.
    expect(await text('artifacts/planning/PRD.md')).toBe('# Shop {{title}}');
    expect(logOf(call)).toContain('scripted/web replays recorded answers: no model is asked.');
  });

  it('finds by itself the script that leaves what is expected', async () => {
    const { action } = await stage([SCRIPT]);
    const fits = await action.run(scripted({ expected_artifacts: [{ path: 'PRD.md' }] }));
    expect(fits).toMatchObject({ output: { text: 'Planned.' } });
    const not = await action.run(
      agentCall(
        { ...scripted().with, expected_artifacts: [{ path: 'other.md' }] },
        { idempotencyKey: 'run-1/b/0' },
      ),
    );
    expect(not).toMatchObject({ output: { artifacts: ['artifacts/planning/other.md'] } });
  });

  it('leaves every expected file where nothing was recorded, each of its kind', async () => {
    const { action, text, workspaces } = await stage();
    const paths = [
      'PRD.md',
      'model.json',
      'data.csv',
      'src/app.py',
      'junit.xml',
      'notes.txt',
      'a.ts',
    ];
    const outcome = await action.run(
      scripted({
        prompt: 'Plan a <shop> & "more".',
        expected_artifacts: paths.map((path) => ({ path, type: 'doc' })),
      }),
    );
    expect(outcome).toMatchObject({ status: 'completed', output: { steps: 4 } });
    expect(workspaces.notes).toHaveLength(paths.length);
    expect(workspaces.notes[0]).toMatchObject({ type: 'doc' });
    const read = (path: string) => text(`artifacts/planning/${path}`);
    expect(await read('PRD.md')).toMatch(/^# PRD: Plan a <shop>/);
    expect(JSON.parse(await read('model.json'))).toMatchObject({ made_by: 'planner' });
    expect((await read('data.csv')).split('\n')[0]).toBe('date,value,baseline');
    expect(await read('src/app.py')).toContain('def app(');
    expect(await read('junit.xml')).toContain('tests="3"');
  });

  it('answers by a schema', async () => {
    const { action } = await stage();
    const output_schema = {
      type: 'object',
      required: ['score', 'tags'],
      properties: {
        score: { type: 'number', minimum: 0.5 },
        tags: { type: 'array', minItems: 2, items: { enum: ['a', 'b'] } },
      },
    };
    expect(await action.run(scripted({ output_schema }))).toMatchObject({
      output: { object: { score: 0.5, tags: ['a', 'a'] } },
    });
  });

  it('refuses scripts that are none', () => {
    const library = (content: object) => createScriptLibrary([{ file: 'x.yaml', content }]);
    expect(() => library({ name: 'a' })).toThrow(/x\.yaml is wrong at/);
    expect(() => library({ name: 'default', agents: {} })).toThrow(/named "default"/);
  });
});

describe('what it writes by itself', () => {
  it('is a report that readers of reports take, whatever the title', () => {
    fc.assert(
      fc.property(fc.string(), (title) => {
        const xml = contentFor({ path: 'junit.xml' }, { title, prompt: '', agent: 'a' });
        expect(xml.match(/<testcase /g)).toHaveLength(3);
      }),
    );
  });

  it('fits the plain schemas that agents are given', () => {
    const leaf = fc.constantFrom<JsonObject>(
      { type: 'string', minLength: 3 },
      { type: 'integer', minimum: 2 },
      { type: 'boolean' },
      { enum: ['x', 'y'] },
      { const: 4 },
    );
    const schemas = fc.dictionary(fc.stringMatching(/^[a-z]{1,5}$/), leaf).map(
      (properties): JsonObject => ({
        type: 'object',
        properties,
        required: Object.keys(properties),
        additionalProperties: false,
      }),
    );
    fc.assert(
      fc.property(schemas, (schema) => {
        const compiled = compileJsonSchema(schema);
        if ('faults' in compiled) throw new Error('no schema');
        expect(compiled.problems(sampleOf(schema, 'text'))).toEqual([]);
      }),
    );
  });
});
