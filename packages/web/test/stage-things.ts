import type { Stage } from './stage.ts';

/** What jobs, agents and others refer to. */
export const stageThings: Stage = async (client) => {
  await client.secrets.create({
    ...{ name: 'DEPLOY_TOKEN', value: 'a-long-random-token' },
    allowed_hosts: ['api.example.com'],
  });
  await client.secrets.create({ name: 'SEARCH_KEY', value: 'another-one' });
  await client.webhooks.create({
    ...{ name: 'github', topic: 'github.push', verify: 'github', secret: 'signed-with-this' },
  });
  await client.webhooks.create({ name: 'open-door', topic: 'shop.hooks', verify: 'none' });
  const { channels, routes } = client.notifications;
  const channel = await channels.create({
    ...{ name: 'ops', type: 'webhook', url: 'https://ops.example.com/hooks/tenuto' },
  });
  await routes.create({ channel: 'ops', events: ['run.failed', 'run.timeout'], tag: 'nightly' });
  await channels.test(channel.channel_id);
  await client.mcpServers.create({
    ...{ name: 'search', transport: 'http', url: 'https://mcp.example.com/mcp' },
    headers: { authorization: `Bearer \${secrets.SEARCH_KEY}` },
  });
  await client.budgets.create({
    ...{ scope: 'profile', subject: 'web_application', usd: 100, on_crossing: 'stop' },
  });
  await client.prices.create({
    ...{ model: 'local/llama*', input_usd_per_mtok: 0.2, output_usd_per_mtok: 0.6 },
  });
  return [
    { name: 'secrets', path: '/system/secrets' },
    { name: 'secrets-new', path: '/system/secrets?open=new' },
    { name: 'webhooks', path: '/system/webhooks' },
    { name: 'webhooks-new', path: '/system/webhooks?open=new' },
    { name: 'notifications', path: '/system/notifications' },
    { name: 'mcp-servers', path: '/system/mcp-servers' },
    { name: 'mcp-servers-new', path: '/system/mcp-servers?open=new' },
    { name: 'budgets', path: '/system/budgets' },
    { name: 'budgets-new', path: '/system/budgets?open=new' },
  ];
};
