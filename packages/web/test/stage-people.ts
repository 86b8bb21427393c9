import type { Stage } from './stage.ts';

/** Who may call the API: agents, what they sign in with, tokens, teams and quotas. */
export const stagePeople: Stage = async (client) => {
  const deployer = await client.agents.create({
    ...{ name: 'deployer', scopes: ['jobs:read', 'jobs:write', 'runs:read'] },
    description: 'Ships what the tests have let through',
  });
  await client.agents.create({ name: 'reporter', scopes: ['runs:read'], status: 'disabled' });
  await client.agents.addCredential(deployer.agent_id, {});
  const { token_id: tokenId } = await client.tokens.create({
    ...{ name: 'old laptop', scopes: ['jobs:read'] },
  });
  await client.tokens.revoke(tokenId);
  await client.tokens.create({ name: 'ci', scopes: ['jobs:read', 'jobs:write'] });
  await client.teams.create({
    ...{ name: 'checkout', members: ['user:ana', 'agent:deployer'] },
    description: 'Owns the shop and its tests',
  });
  await client.quotas.put('*', { runs_per_day: 1_000, concurrent_runs: 20 });
  await client.quotas.put('agent:deployer', { usd_per_day: 50, usd_per_month: 500 });
  return [
    { name: 'agents', path: '/agents' },
    { name: 'agents-new', path: '/agents?open=new' },
    { name: 'agents-none', path: '/agents?name=nobody' },
    { name: 'agent', path: `/agents/${deployer.agent_id}` },
    { name: 'teams', path: '/system/teams' },
  ];
};
