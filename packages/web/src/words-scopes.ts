import type { Scope } from '@tenuto/contract';

const meaning: Readonly<Record<Scope, string>> = {
  'jobs:read': 'see jobs, templates, policies and names of secrets',
  'jobs:write': 'submit and change jobs, templates, secrets and notifications',
  'runs:read': 'see runs, their files, costs and logs',
  'runs:write': 'start, pause, cancel, retry and fork runs',
  'runs:override': 'skip gates that do not block',
  'tasks:create': 'make tasks',
  'tasks:read': 'see tasks and their firings',
  'tasks:update': 'change, pause and fire tasks',
  'tasks:delete': 'delete tasks',
  'events:publish': 'publish events and keep webhooks',
  'events:read': 'see events and webhooks',
  'agents:read': 'see agents, tokens and teams',
  'agents:write': 'make agents, credentials and tokens',
  'audit:read': 'see who has changed what',
  'workers:connect': 'work for the engines',
  'metrics:read': 'read the metrics',
  admin: 'everything, of everybody',
};

const groups: Readonly<Record<string, string>> = {
  jobs: 'Jobs',
  runs: 'Runs',
  tasks: 'Tasks',
  events: 'Events',
  agents: 'Agents',
  audit: 'Audit',
  workers: 'Workers',
  metrics: 'Metrics',
  admin: 'Administration',
};

/** What scopes mean. */
export const SCOPE_WORDS = {
  ...{ meaning, groups },
  none: 'none',
  begin: 'Begin with',
  sets: { look: 'Read only', work: 'Read and run' },
  nothing: 'Nothing is chosen: it may sign in, and see and do nothing.',
} as const;
