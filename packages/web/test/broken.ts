/** Screens whose answers are errors: what each of them says then. */
import type { Page } from 'playwright-core';
import type { Scene } from './stage.ts';

export interface BrokenScene extends Scene {
  /** What is answered with an error. */
  readonly broken: RegExp;
}

/** All but who is signed in, and whether the server is there. */
const ALL = /\/api\/v1\/(?!auth\/)/;

/** Scenes of which nothing can be read. */
const WHOLE = [
  ...['home', 'needs', 'runs', 'run-running', 'compare', 'tasks', 'task', 'task-edit', 'events'],
  ...['tests', 'tests-flakes', 'tests-catalogue', 'test-flaky', 'templates', 'template'],
  ...['template-edit', 'profiles', 'profile', 'agents', 'agent', 'system', 'engines', 'doctor'],
  ...['circuits', 'policies', 'audit', 'settings', 'budgets', 'teams', 'secrets', 'webhooks'],
  ...['notifications', 'mcp-servers'],
];

/** Scenes of which a part cannot be read, and the rest stays. */
const PARTS: Readonly<Record<string, RegExp>> = {
  'run-failed': /\/graph(\/state)?(\?|$)/,
  'run-failed-log': /\/logs/,
  'run-failed-history': /\/history/,
  'phased-artifacts': /\/artifacts/,
  'phased-cost': /\/metrics/,
};

/** What was staged, once more with errors for answers. */
export function brokenScenes(scenes: readonly Scene[]): readonly BrokenScene[] {
  return scenes.flatMap(({ name, path }): readonly BrokenScene[] => {
    const part = PARTS[name];
    if (part === undefined && !WHOLE.includes(name)) return [];
    const called = part === undefined ? name : `${name}-part`;
    return [{ name: `${called.replace('-running', '')}-error`, path, broken: part ?? ALL }];
  });
}

const PROBLEM = {
  ...{ type: 'about:blank', title: 'The server has failed', status: 500 },
  detail: 'The database did not answer in time. Nothing was changed.',
  ...{ error_code: 'internal', remedy: 'Try again; if it stays so, ask who runs the server.' },
  ...{ request_id: '0199a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1b', validation_errors: [] },
};

/** Answers with an error what a scene says. @returns what mends it */
export async function breakAnswers(
  page: Page,
  { broken }: BrokenScene,
): Promise<() => Promise<void>> {
  await page.route(broken, (route) =>
    route.fulfill({
      ...{ status: 500, contentType: 'application/problem+json' },
      body: JSON.stringify(PROBLEM),
    }),
  );
  return () => page.unrouteAll({ behavior: 'ignoreErrors' });
}
