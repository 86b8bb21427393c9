import { createRootRoute, createRoute, createRouter } from '@tanstack/react-router';
import { readCompareSearch } from '../logic/compare-search.ts';
import { readEventSearch } from '../logic/event-search.ts';
import { readNeedsSearch } from '../logic/needs.ts';
import { readOpenSearch } from '../logic/open-search.ts';
import { readProfileSearch } from '../logic/profile-search.ts';
import { readRunFilters } from '../logic/run-filters.ts';
import { readRunSearch } from '../logic/run-search.ts';
import {
  readAuditSearch,
  readCircuitSearch,
  readEngineSearch,
  readPolicySearch,
} from '../logic/system-search.ts';
import { readNewTaskSearch, readTaskFilters, readTaskSearch } from '../logic/task-filters.ts';
import { readSubmitSearch, readTemplateSearch } from '../logic/template-search.ts';
import { readTestSearch } from '../logic/test-search.ts';
import { Waiting } from '../ui/skeleton.tsx';
import { lazyRouteComponent } from './lazy-route.ts';
import { BrokenView, NoSuchPage } from './problems.tsx';
import { parseSearch, stringifySearch } from './search.ts';
import { Shell } from './shell.tsx';

const root = createRootRoute({ component: Shell, notFoundComponent: NoSuchPage });

const home = createRoute({
  getParentRoute: () => root,
  path: '/',
  component: lazyRouteComponent(() => import('../views/home/home-page.tsx'), 'HomePage'),
});

const runs = createRoute({
  getParentRoute: () => root,
  path: '/runs',
  validateSearch: readRunFilters,
  component: lazyRouteComponent(() => import('../views/runs/runs-page.tsx'), 'RunsPage'),
});

const run = createRoute({
  getParentRoute: () => root,
  path: '/runs/$runId',
  validateSearch: readRunSearch,
  component: lazyRouteComponent(() => import('../views/run/run-page.tsx'), 'RunPage'),
});

const needs = createRoute({
  getParentRoute: () => root,
  path: '/needs',
  validateSearch: readNeedsSearch,
  component: lazyRouteComponent(() => import('../views/needs/needs-page.tsx'), 'NeedsPage'),
});

const tasks = createRoute({
  getParentRoute: () => root,
  path: '/tasks',
  validateSearch: readTaskFilters,
  component: lazyRouteComponent(() => import('../views/tasks/tasks-page.tsx'), 'TasksPage'),
});

const newTask = createRoute({
  getParentRoute: () => root,
  path: '/tasks/new',
  validateSearch: readNewTaskSearch,
  component: lazyRouteComponent(() => import('../views/tasks/new-task-page.tsx'), 'NewTaskPage'),
});

const task = createRoute({
  getParentRoute: () => root,
  path: '/tasks/$taskId',
  validateSearch: readTaskSearch,
  component: lazyRouteComponent(() => import('../views/tasks/task-page.tsx'), 'TaskPage'),
});

const events = createRoute({
  getParentRoute: () => root,
  path: '/events',
  validateSearch: readEventSearch,
  component: lazyRouteComponent(() => import('../views/events/events-page.tsx'), 'EventsPage'),
});

const system = createRoute({
  getParentRoute: () => root,
  path: '/system',
  component: lazyRouteComponent(() => import('../views/system/system-page.tsx'), 'SystemPage'),
});

const submit = createRoute({
  getParentRoute: () => root,
  path: '/submit',
  validateSearch: readSubmitSearch,
  component: lazyRouteComponent(() => import('../views/submit/submit-page.tsx'), 'SubmitPage'),
});

const compare = createRoute({
  getParentRoute: () => root,
  path: '/compare',
  validateSearch: readCompareSearch,
  component: lazyRouteComponent(() => import('../views/compare/compare-page.tsx'), 'ComparePage'),
});

const editTask = createRoute({
  getParentRoute: () => root,
  path: '/tasks/$taskId/edit',
  component: lazyRouteComponent(() => import('../views/tasks/edit-task-page.tsx'), 'EditTaskPage'),
});

const tests = createRoute({
  getParentRoute: () => root,
  path: '/tests',
  validateSearch: readTestSearch,
  component: lazyRouteComponent(() => import('../views/tests/tests-page.tsx'), 'TestsPage'),
});

const test = createRoute({
  getParentRoute: () => root,
  path: '/tests/$testId',
  component: lazyRouteComponent(() => import('../views/tests/test-page.tsx'), 'TestPage'),
});

const templates = createRoute({
  getParentRoute: () => root,
  path: '/templates',
  component: lazyRouteComponent(
    () => import('../views/templates/templates-page.tsx'),
    'TemplatesPage',
  ),
});

const newTemplate = createRoute({
  getParentRoute: () => root,
  path: '/templates/new',
  component: lazyRouteComponent(
    () => import('../views/templates/edit-template-page.tsx'),
    'NewTemplatePage',
  ),
});

const template = createRoute({
  getParentRoute: () => root,
  path: '/templates/$name',
  validateSearch: readTemplateSearch,
  component: lazyRouteComponent(
    () => import('../views/templates/template-page.tsx'),
    'TemplatePage',
  ),
});

const editTemplate = createRoute({
  getParentRoute: () => root,
  path: '/templates/$name/edit',
  component: lazyRouteComponent(
    () => import('../views/templates/edit-template-page.tsx'),
    'EditTemplatePage',
  ),
});

const profiles = createRoute({
  getParentRoute: () => root,
  path: '/profiles',
  component: lazyRouteComponent(
    () => import('../views/profiles/profiles-page.tsx'),
    'ProfilesPage',
  ),
});

const newProfile = createRoute({
  getParentRoute: () => root,
  path: '/profiles/new',
  validateSearch: readProfileSearch,
  component: lazyRouteComponent(
    () => import('../views/profiles/profile-editor-page.tsx'),
    'NewProfilePage',
  ),
});

const profile = createRoute({
  getParentRoute: () => root,
  path: '/profiles/$name',
  validateSearch: readProfileSearch,
  component: lazyRouteComponent(
    () => import('../views/profiles/profile-editor-page.tsx'),
    'ProfilePage',
  ),
});

const agents = createRoute({
  getParentRoute: () => root,
  path: '/agents',
  validateSearch: readOpenSearch,
  component: lazyRouteComponent(() => import('../views/agents/agents-page.tsx'), 'AgentsPage'),
});

const agent = createRoute({
  getParentRoute: () => root,
  path: '/agents/$agentId',
  validateSearch: readOpenSearch,
  component: lazyRouteComponent(() => import('../views/agents/agent-page.tsx'), 'AgentPage'),
});

const circuits = createRoute({
  getParentRoute: () => root,
  path: '/system/circuits',
  validateSearch: readCircuitSearch,
  component: lazyRouteComponent(() => import('../views/system/circuits-page.tsx'), 'CircuitsPage'),
});

const engines = createRoute({
  getParentRoute: () => root,
  path: '/system/engines',
  validateSearch: readEngineSearch,
  component: lazyRouteComponent(() => import('../views/system/engines-page.tsx'), 'EnginesPage'),
});

const policies = createRoute({
  getParentRoute: () => root,
  path: '/system/policies',
  validateSearch: readPolicySearch,
  component: lazyRouteComponent(() => import('../views/system/policies-page.tsx'), 'PoliciesPage'),
});

const audit = createRoute({
  getParentRoute: () => root,
  path: '/system/audit',
  validateSearch: readAuditSearch,
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
  validateSearch: readOpenSearch,
  component: lazyRouteComponent(() => import('../views/money/budgets-page.tsx'), 'BudgetsPage'),
});

const secrets = createRoute({
  getParentRoute: () => root,
  path: '/system/secrets',
  validateSearch: readOpenSearch,
  component: lazyRouteComponent(() => import('../views/secrets/secrets-page.tsx'), 'SecretsPage'),
});

const webhooks = createRoute({
  getParentRoute: () => root,
  path: '/system/webhooks',
  validateSearch: readOpenSearch,
  component: lazyRouteComponent(
    () => import('../views/webhooks/webhooks-page.tsx'),
    'WebhooksPage',
  ),
});

const notifications = createRoute({
  getParentRoute: () => root,
  path: '/system/notifications',
  validateSearch: readOpenSearch,
  component: lazyRouteComponent(
    () => import('../views/notifications/notifications-page.tsx'),
    'NotificationsPage',
  ),
});

const mcpServers = createRoute({
  getParentRoute: () => root,
  path: '/system/mcp-servers',
  validateSearch: readOpenSearch,
  component: lazyRouteComponent(
    () => import('../views/mcp-servers/mcp-servers-page.tsx'),
    'McpServersPage',
  ),
});

const teams = createRoute({
  getParentRoute: () => root,
  path: '/system/teams',
  validateSearch: readOpenSearch,
  component: lazyRouteComponent(() => import('../views/teams/teams-page.tsx'), 'TeamsPage'),
});

export const router = createRouter({
  routeTree: root.addChildren([
    home,
    runs,
    run,
    needs,
    tasks,
    newTask,
    task,
    events,
    system,
    submit,
    compare,
    editTask,
    tests,
    test,
    templates,
    newTemplate,
    template,
    editTemplate,
    profiles,
    newProfile,
    profile,
    agents,
    agent,
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
  ]),
  parseSearch,
  stringifySearch,
  defaultPreload: 'intent',
  defaultErrorComponent: BrokenView,
  defaultPendingComponent: () => <Waiting />,
  scrollRestoration: true,
  scrollToTopSelectors: ['#content'],
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
