import { expect, vi } from 'vitest';
import type { Stage } from './stage.ts';

const transform = (id: string, value: string, needs: readonly string[] = []) => ({
  ...{ id, uses: 'transform.cel', with: { value }, needs: [...needs] },
});

/** Parameters of each kind that a form can draw, and one that it cannot. */
export const RELEASE = {
  name: 'release',
  description: 'Builds a service, tests it in each region, and releases it.',
  params_schema: {
    type: 'object',
    properties: {
      service: { type: 'string', pattern: '^[a-z-]+$', description: 'Lower case with hyphens.' },
      region: { enum: ['eu', 'us', 'ap'], default: 'eu' },
      replicas: { type: 'integer', minimum: 1, maximum: 20, default: 2 },
      canary: { type: 'boolean', default: true },
      reviewers: { type: 'array', items: { type: 'string' }, default: ['ana'] },
      limits: {
        type: 'object',
        description: 'What one replica may take.',
        properties: { cpu: { type: 'number', default: 0.5 }, memory_mb: { type: 'integer' } },
      },
      labels: { type: 'object', additionalProperties: { type: 'string' } },
    },
    required: ['service'],
    additionalProperties: false,
  },
  job: { priority: 3, tags: ['release'] },
  dag_definition: {
    nodes: [
      transform('build', '${params.service}'),
      transform('unit', 'tested', ['build']),
      transform('contract', 'tested', ['build']),
      transform('images', 'pushed', ['build']),
      { ...transform('canary', 'well', ['unit', 'contract', 'images']), if: 'params.canary' },
      {
        ...transform('roll-out', '${params.replicas}', ['canary']),
        dependency_condition: 'all_done',
      },
      transform('announce', 'told ${size(params.reviewers)}', ['roll-out']),
    ],
  },
} as const;

/** Templates in versions, with runs that were made of them, and what makes more. */
export const stageTemplates: Stage = async (client) => {
  const { announce: _announce, ...first } = { announce: true, ...RELEASE };
  const before = {
    ...first,
    job: { priority: 5 },
    dag_definition: { nodes: RELEASE.dag_definition.nodes.slice(0, 3) },
  };
  const { version } = await client.templates.create(before);
  await client.templates.replace('release', RELEASE, { version });
  await client.templates.create({
    name: 'sweep',
    dag_definition: { nodes: [transform('sweep', 'swept')] },
    params_schema: null,
  });
  for (const service of ['shop', 'billing']) {
    const { job_id: jobId } = await client.jobs.submit({
      ...{ template: 'release', params: { service }, job_name: `release ${service}` },
    });
    await vi.waitFor(async () => expect((await client.jobs.get(jobId)).status).toBe('completed'), {
      timeout: 60_000,
    });
  }
  return [
    { name: 'templates', path: '/templates' },
    { name: 'template', path: '/templates/release' },
    { name: 'template-difference', path: '/templates/release?against=1' },
    { name: 'template-earlier', path: '/templates/release?version=1' },
    { name: 'template-new', path: '/templates/new' },
    { name: 'template-edit', path: '/templates/release/edit' },
    { name: 'submit', path: '/submit' },
    { name: 'submit-fan-out', path: '/submit?example=fan-out' },
    { name: 'submit-template', path: '/submit?template=release' },
  ];
};
