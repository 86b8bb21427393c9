/** Pages of what runs are made of, what they prove, and who makes them. */

import { createRoute } from '@tanstack/react-router';
import { readOpenSearch } from '../logic/open-search.ts';
import { readProfileSearch } from '../logic/profile-search.ts';
import { strictly } from '../logic/strict-search.ts';
import { readNewTemplateSearch, readTemplateSearch } from '../logic/template-search.ts';
import { readTestSearch } from '../logic/test-search.ts';
import { lazyRouteComponent } from './lazy-route.ts';
import { root } from './root-route.ts';

const tests = createRoute({
  getParentRoute: () => root,
  path: '/tests',
  validateSearch: strictly(readTestSearch),
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
  validateSearch: strictly(readNewTemplateSearch),
  component: lazyRouteComponent(
    () => import('../views/templates/edit-template-page.tsx'),
    'NewTemplatePage',
  ),
});

const template = createRoute({
  getParentRoute: () => root,
  path: '/templates/$name',
  validateSearch: strictly(readTemplateSearch),
  component: lazyRouteComponent(
    () => import('../views/templates/template-page.tsx'),
    'TemplatePage',
  ),
});

const editTemplate = createRoute({
  getParentRoute: () => root,
  path: '/templates/$name/edit',
  validateSearch: strictly(readTemplateSearch),
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
  validateSearch: strictly(readProfileSearch),
  component: lazyRouteComponent(
    () => import('../views/profiles/profile-editor-page.tsx'),
    'NewProfilePage',
  ),
});

const profile = createRoute({
  getParentRoute: () => root,
  path: '/profiles/$name',
  validateSearch: strictly(readProfileSearch),
  component: lazyRouteComponent(
    () => import('../views/profiles/profile-editor-page.tsx'),
    'ProfilePage',
  ),
});

const agents = createRoute({
  getParentRoute: () => root,
  path: '/agents',
  validateSearch: strictly(readOpenSearch),
  component: lazyRouteComponent(() => import('../views/agents/agents-page.tsx'), 'AgentsPage'),
});

const agent = createRoute({
  getParentRoute: () => root,
  path: '/agents/$agentId',
  validateSearch: strictly(readOpenSearch),
  component: lazyRouteComponent(() => import('../views/agents/agent-page.tsx'), 'AgentPage'),
});

export const LIBRARY_ROUTES = [
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
] as const;
