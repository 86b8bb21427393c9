/** Every route of the API has a function in the SDK, and every function of the SDK has a route. */
import { rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { createClient } from '@tenuto/sdk';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { dataFolder, type Served, startServe } from '../test/served.ts';

const BROWSER = 'A browser has its session by a cookie, and none that a program could keep.';
const PROBE = 'Asked by what watches the server, in its own words.';
/** Routes that no program of ours calls. */
const WITHOUT: Readonly<Record<string, string>> = {
  'GET /openapi.json': 'It describes the API to tools.',
  'GET /metrics': PROBE,
  'GET /health': PROBE,
  'GET /health/live': PROBE,
  'GET /health/ready': PROBE,
  'POST /api/v1/auth/session': BROWSER,
  'GET /api/v1/auth/session': BROWSER,
  'DELETE /api/v1/auth/session': BROWSER,
  'GET /api/v1/auth/methods': 'Said to a page before anybody has signed in.',
  'POST /hooks/{hook}': 'Others post to it, in their own formats.',
};

const data = dataFolder();
let served: Served;
let routes: readonly string[];
beforeAll(async () => {
  served = startServe(['--port', '0', '--data-dir', data, '--json']);
  const { url } = JSON.parse(await served.firstLine);
  const { paths } = JSON.parse(await (await fetch(`${url}/openapi.json`)).text());
  routes = Object.entries<object>(paths).flatMap(([path, operations]) =>
    Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
  );
});
afterAll(() => {
  served.child.kill('SIGKILL');
  rmSync(dirname(data), { recursive: true, force: true });
});

/** Calls every function of the client, with little and with much, and notes what it asks for. */
async function asked(): Promise<ReadonlySet<string>> {
  const calls = new Set<string>();
  const client = createClient({
    baseUrl: 'http://127.0.0.1:1',
    fetch: async (input, init) => {
      calls.add(`${init?.method ?? 'GET'} ${new URL(String(input)).pathname}`);
      return Response.json({ error_code: 'conflict' }, { status: 409 });
    },
  });
  for (const call of functionsIn(client)) {
    for (const given of [['x'], ['x', 'x', 'x', 'x'], [['x']]]) {
      await answerOf(() => call(...given)).catch(() => undefined);
    }
  }
  return calls;
}

type Call = (...given: unknown[]) => unknown;

function* functionsIn(value: unknown): Generator<Call> {
  if (typeof value !== 'object' || value === null) return;
  for (const part of Object.values(value)) {
    if (typeof part === 'function') yield (...given) => part(...given);
    else yield* functionsIn(part);
  }
}

/** Lists and streams ask only once they are read. */
async function answerOf(call: () => unknown): Promise<void> {
  const answer = call();
  if (typeof answer !== 'object' || answer === null) return;
  if ('first' in answer && typeof answer.first === 'function') await answer.first();
  else if (Symbol.asyncIterator in answer) {
    for await (const _ of answer as AsyncIterable<unknown>) break;
  } else await answer;
}

/** The route that a call reaches: of several the one with the fewest parameters. */
function routeOf(call: string): string | undefined {
  const fits = (route: string) => new RegExp(`^${route.replace(/\{\w+\}/g, '[^/]+')}$`).test(call);
  const parameters = (route: string) => route.split('{').length;
  return routes.filter(fits).toSorted((a, b) => parameters(a) - parameters(b))[0];
}

it('every route has a function, but for those that programs do not call', async () => {
  const reached = new Set([...(await asked())].map(routeOf));
  const lacking = routes.filter((route) => !reached.has(route));
  expect(lacking.toSorted()).toEqual(Object.keys(WITHOUT).toSorted());
});

it('every function asks for a route that is there', async () => {
  const nowhere = [...(await asked())].filter((call) => routeOf(call) === undefined);
  expect(nowhere).toEqual([]);
});
