/** Pages of the system. */

import { createRoute } from '@tanstack/react-router';
import { readOpenSearch } from '../logic/open-search.ts';
import { strictly } from '../logic/strict-search.ts';
import {
  readAuditSearch,
  readCircuitSearch,
  readEngineSearch,
  readPolicySearch,
} from '../logic/system-search.ts';
import { lazyRouteComponent } from './lazy-route.ts';
import { root } from './root-route.ts';

const system = createRoute({
  getParentRoute: () => root,
  path: '/system',
  component: lazyRouteComponent(() => import('../views/system/system-page.tsx'), 'SystemPage'),
});

const circuits = createRoute({
  getParentRoute: () => root,
  path: '/system/circuits',
  validateSearch: strictly(readCircuitSearch),
  component: lazyRouteComponent(() => import('../views/system/circuits-page.tsx'), 'CircuitsPage'),
});

const engines = createRoute({
  getParentRoute: () => root,
  path: '/system/engines',
  validateSearch: strictly(readEngineSearch),
  component: lazyRouteComponent(() => import('../views/system/engines-page.tsx'), 'EnginesPage'),
});

const policies = createRoute({
  getParentRoute: () => root,
  path: '/system/policies',
  validateSearch: strictly(readPolicySearch),
  component: lazyRouteComponent(() => import('../views/system/policies-page.tsx'), 'PoliciesPage'),
});

const audit = createRoute({
  getParentRoute: () => root,
  path: '/system/audit',
  validateSearch: strictly(readAuditSearch),
  component: lazyRouteComponent(() => import('../views/system/audit-page.tsx'), 'AuditPage'),
});

const doctor = createRoute({
  getParentRoute: () => root,
  path: '/system/doctor',
  component: lazyRouteComponent(() => import('../views/system/doctor-page.tsx'), 'DoctorPage'),
});

const settings = createRoute({
  getParentRoute: () => root,
  path: '/system/settings',
  component: lazyRouteComponent(() => import('../views/system/settings-page.tsx'), 'SettingsPage'),
});

const budgets = createRoute({
  getParentRoute: () => root,
  path: '/system/budgets',
  validateSearch: strictly(readOpenSearch),
  component: lazyRouteComponent(() => import('../views/money/budgets-page.tsx'), 'BudgetsPage'),
});

const secrets = createRoute({
  getParentRoute: () => root,
  path: '/system/secrets',
  validateSearch: strictly(readOpenSearch),
  component: lazyRouteComponent(() => import('../views/secrets/secrets-page.tsx'), 'SecretsPage'),
});

const webhooks = createRoute({
  getParentRoute: () => root,
  path: '/system/webhooks',
  validateSearch: strictly(readOpenSearch),
  component: lazyRouteComponent(
    () => import('../views/webhooks/webhooks-page.tsx'),
    'WebhooksPage',
  ),
});

const notifications = createRoute({
  getParentRoute: () => root,
  path: '/system/notifications',
  validateSearch: strictly(readOpenSearch),
  component: lazyRouteComponent(
    () => import('../views/notifications/notifications-page.tsx'),
    'NotificationsPage',
  ),
});

const mcpServers = createRoute({
  getParentRoute: () => root,
  path: '/system/mcp-servers',
  validateSearch: strictly(readOpenSearch),
  component: lazyRouteComponent(
    () => import('../views/mcp-servers/mcp-servers-page.tsx'),
    'McpServersPage',
  ),
});

const teams = createRoute({
  getParentRoute: () => root,
  path: '/system/teams',
  validateSearch: strictly(readOpenSearch),
  component: lazyRouteComponent(() => import('../views/teams/teams-page.tsx'), 'TeamsPage'),
});

export const SYSTEM_ROUTES = [
  system,
  circuits,
  engines,
  policies,
  audit,
  doctor,
  settings,
  budgets,
  secrets,
  webhooks,
  notifications,
  mcpServers,
  teams,
] as const;
