/** Pages of what runs, and of what starts runs. */

import { createRoute } from '@tanstack/react-router';
import { readCompareSearch } from '../logic/compare-search.ts';
import { readEventSearch } from '../logic/event-search.ts';
import { readNeedsSearch } from '../logic/needs.ts';
import { readRunFilters } from '../logic/run-filters.ts';
import { readRunSearch } from '../logic/run-search.ts';
import { strictly } from '../logic/strict-search.ts';
import { readNewTaskSearch, readTaskFilters, readTaskSearch } from '../logic/task-filters.ts';
import { readSubmitSearch } from '../logic/template-search.ts';
import { lazyRouteComponent } from './lazy-route.ts';
import { root } from './root-route.ts';

const home = createRoute({
  getParentRoute: () => root,
  path: '/',
  component: lazyRouteComponent(() => import('../views/home/home-page.tsx'), 'HomePage'),
});

const runs = createRoute({
  getParentRoute: () => root,
  path: '/runs',
  validateSearch: strictly(readRunFilters),
  component: lazyRouteComponent(() => import('../views/runs/runs-page.tsx'), 'RunsPage'),
});

const run = createRoute({
  getParentRoute: () => root,
  path: '/runs/$runId',
  validateSearch: strictly(readRunSearch),
  component: lazyRouteComponent(() => import('../views/run/run-page.tsx'), 'RunPage'),
});

const compare = createRoute({
  getParentRoute: () => root,
  path: '/compare',
  validateSearch: readCompareSearch,
  component: lazyRouteComponent(() => import('../views/compare/compare-page.tsx'), 'ComparePage'),
});

const needs = createRoute({
  getParentRoute: () => root,
  path: '/needs',
  validateSearch: strictly(readNeedsSearch),
  component: lazyRouteComponent(() => import('../views/needs/needs-page.tsx'), 'NeedsPage'),
});

const submit = createRoute({
  getParentRoute: () => root,
  path: '/submit',
  validateSearch: strictly(readSubmitSearch),
  component: lazyRouteComponent(() => import('../views/submit/submit-page.tsx'), 'SubmitPage'),
});

const tasks = createRoute({
  getParentRoute: () => root,
  path: '/tasks',
  validateSearch: strictly(readTaskFilters),
  component: lazyRouteComponent(() => import('../views/tasks/tasks-page.tsx'), 'TasksPage'),
});

const newTask = createRoute({
  getParentRoute: () => root,
  path: '/tasks/new',
  validateSearch: strictly(readNewTaskSearch),
  component: lazyRouteComponent(() => import('../views/tasks/new-task-page.tsx'), 'NewTaskPage'),
});

const task = createRoute({
  getParentRoute: () => root,
  path: '/tasks/$taskId',
  validateSearch: strictly(readTaskSearch),
  component: lazyRouteComponent(() => import('../views/tasks/task-page.tsx'), 'TaskPage'),
});

const editTask = createRoute({
  getParentRoute: () => root,
  path: '/tasks/$taskId/edit',
  component: lazyRouteComponent(() => import('../views/tasks/edit-task-page.tsx'), 'EditTaskPage'),
});

const events = createRoute({
  getParentRoute: () => root,
  path: '/events',
  validateSearch: strictly(readEventSearch),
  component: lazyRouteComponent(() => import('../views/events/events-page.tsx'), 'EventsPage'),
});

export const WORK_ROUTES = [
  home,
  runs,
  run,
  compare,
  needs,
  submit,
  tasks,
  newTask,
  task,
  editTask,
  events,
] as const;
