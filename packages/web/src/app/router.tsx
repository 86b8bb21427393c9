import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
} from '@tanstack/react-router';
import { readEventSearch } from '../logic/event-search.ts';
import { readRunFilters } from '../logic/run-filters.ts';
import { readRunSearch } from '../logic/run-search.ts';
import { readTaskFilters } from '../logic/task-filters.ts';
import { Waiting } from '../ui/skeleton.tsx';
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
  component: lazyRouteComponent(() => import('../views/tasks/new-task-page.tsx'), 'NewTaskPage'),
});

const task = createRoute({
  getParentRoute: () => root,
  path: '/tasks/$taskId',
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

export const router = createRouter({
  routeTree: root.addChildren([home, runs, run, needs, tasks, newTask, task, events, system]),
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
