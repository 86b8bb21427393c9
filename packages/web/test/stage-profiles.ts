import type { Client, ProfileBody } from '@tenuto/sdk';
import type { Stage } from './stage.ts';

/** Four phases, two of them side by side; no model is asked. */
export const RELEASE: ProfileBody = {
  name: 'release_of_the_shop',
  title: 'Release of the shop',
  description: 'Plans, builds and announces a release; notes and builds are made side by side.',
  intake_schema: {
    type: 'object',
    properties: {
      version: { type: 'string', description: 'As in the tag' },
      changes: { type: 'array', items: { type: 'string' } },
      urgent: { type: 'boolean', default: false },
    },
    required: ['version'],
  },
  budget: { usd: 2, on_crossing: 'pause' },
  phases: [
    {
      id: 'planning',
      name: 'Planning',
      agents: [
        { id: 'plan', uses: 'transform.cel', with: { expression: "'v' + params.intake.version" } },
      ],
      gates: [
        {
          id: 'few_changes',
          type: 'expression',
          expression: 'intake.changes.size() <= 20',
          severity: 'warning',
          remediation: 'Split the release.',
        },
      ],
    },
    {
      id: 'notes',
      needs: ['planning'],
      agents: [{ id: 'write', prompt: 'Write the release notes.', tools: ['workspace.write'] }],
      artifacts: [{ path: 'notes.md', type: 'doc' }],
    },
    {
      id: 'builds',
      needs: ['planning'],
      agents: [
        { id: 'build', uses: 'transform.cel', with: { expression: '1' } },
        { id: 'sign', needs: ['build'], uses: 'transform.cel', with: { expression: '2' } },
      ],
      gates: [{ id: 'secrets', type: 'no_secrets' }],
    },
    {
      id: 'announcing',
      needs: ['notes', 'builds'],
      auto_advance: true,
      approval: { approvers: ['user:ana'], message: 'May it be announced?' },
      agents: [{ id: 'announce', uses: 'transform.cel', with: { expression: '3' } }],
    },
  ],
};

/** Profiles that ship, one of people's own, one that is begun and one that is wrong. */
export const stageProfiles: Stage = async (client) => {
  await client.profiles.create(RELEASE);
  await client.runs.create({
    profile: 'release_of_the_shop',
    intake: { version: '1.2.0', changes: [] },
  });
  await createWrong(client);
  const own = '/profiles/release_of_the_shop';
  return [
    { name: 'profiles', path: '/profiles' },
    { name: 'profile', path: '/profiles/ml_model' },
    { name: 'profile-own', path: own },
    { name: 'profile-agent', path: `${own}?at=/phases/2/agents/1` },
    { name: 'profile-gate', path: `${own}?at=/phases/0/gates/0` },
    { name: 'profile-outline', path: `${own}?view=outline&at=/phases/3` },
    { name: 'profile-source', path: `${own}?view=source` },
    { name: 'profile-plan', path: `${own}?view=plan` },
    { name: 'profile-start', path: `${own}?start=yes` },
    { name: 'profile-new', path: '/profiles/new' },
    { name: 'profile-wrong', path: '/profiles/deployment?at=/phases/1/agents/0' },
  ];
};

/** A profile that was sound when it was saved: the secret that it names is gone since. */
async function createWrong(client: Client): Promise<void> {
  await client.secrets.create({ name: 'SHOP_TOKEN', value: 'of no use to anybody' });
  await client.profiles.create({
    name: 'deployment',
    title: 'Deployment',
    phases: [
      { id: 'build', agents: [{ id: 'build', uses: 'transform.cel', with: { expression: '1' } }] },
      {
        id: 'deploy',
        agents: [
          {
            id: 'call',
            uses: 'http.request',
            with: {
              url: 'https://deploy.example/start',
              headers: { authorization: 'Bearer ${secrets.SHOP_TOKEN}' },
            },
          },
        ],
      },
    ],
  });
  await client.secrets.remove('SHOP_TOKEN');
}
