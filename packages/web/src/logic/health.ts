import type { CircuitView, EngineView, Health, HealthCheck } from '@tenuto/contract';
import { SYSTEM_WORDS as words } from '../words-system.ts';
import { count } from './format.ts';

/** Something that is not as it should be, and where it is looked into. */
export interface Trouble {
  readonly key: string;
  readonly severity: 'wrong' | 'look';
  readonly title: string;
  readonly text: string;
  readonly to?: string;
}

/** A lost engine is news for so long; after that it is history. */
const NEWS_MS = 3_600_000;

interface Seen {
  readonly health: Health | undefined;
  readonly engines: readonly EngineView[];
  readonly circuits: readonly CircuitView[];
  readonly now: number;
}

/** All that is wrong, the worst first. */
export function troublesOf({ health, engines, circuits, now }: Seen): readonly Trouble[] {
  const found = [
    ...Object.entries(health?.checks ?? {}).flatMap(([name, check]) => ofPart(name, check)),
    ...ofEngines(engines, now),
    ...circuits.filter(({ state }) => state === 'open').map(ofCircuit),
  ];
  return found.toSorted((a, b) => Number(b.severity === 'wrong') - Number(a.severity === 'wrong'));
}

function ofPart(name: string, check: HealthCheck): readonly Trouble[] {
  const { status, detail, warnings = [] } = check;
  const called = nameOf(name);
  if (status === 'down') {
    const text = detail ?? '';
    return [{ key: name, severity: 'wrong', title: words.problem.part(called), text }];
  }
  const said = [...(detail === undefined ? [] : [detail]), ...warnings];
  if (status === 'ok' && warnings.length === 0) return [];
  const title = words.problem.partDegraded(called);
  return [{ key: name, severity: 'look', title, text: said.join(' ') }];
}

function ofEngines(engines: readonly EngineView[], now: number): readonly Trouble[] {
  const to = '/system/engines';
  const { problem } = words;
  const each = engines.flatMap((engine): readonly Trouble[] => {
    const { engine_id: key, name, state } = engine;
    if (state === 'silent') {
      return [{ key, to, severity: 'look', title: problem.silent(name), text: problem.silentText }];
    }
    const isNews = now - Date.parse(engine.lost_at ?? engine.last_heartbeat_at) < NEWS_MS;
    if (state !== 'lost' || !isNews) return [];
    const text = problem.lostText(engine.released_runs ?? 0);
    return [{ key, to, severity: 'look', title: problem.lost(name), text }];
  });
  const none = engines.length > 0 && engines.every(({ state }) => state !== 'live');
  const { noEngine: title, noEngineText: text } = problem;
  return none ? [{ key: 'engines', to, severity: 'wrong', title, text }, ...each] : each;
}

function ofCircuit({ key, owner, reason }: CircuitView): Trouble {
  return {
    ...{ key: `${owner} ${key}`, severity: 'look', title: words.problem.circuit(key) },
    text: reason ?? words.problem.circuitText,
    to: '/system/circuits',
  };
}

/** A part of the server by the name that people use. */
export function nameOf(part: string): string {
  return has(words.names, part) ? words.names[part] : part;
}

/** What a check has measured, as people say it. */
export function factsOf({ values = {} }: HealthCheck): readonly string[] {
  const { connections, connections_most: most, state: _lifecycle, ...others } = values;
  const told = Object.entries(others)
    .toSorted(byPlace)
    .map(([name, value]) => {
      const text = typeof value === 'number' ? count(value) : value;
      return has(words.values, name)
        ? words.values[name](text)
        : `${name.replaceAll('_', ' ')} ${text}`;
    });
  if (connections === undefined || most === undefined) return told;
  return [...told, words.connections(String(connections), String(most))];
}

/** What a service of a server does, from its beginning to its end. */
export type Lifecycle = keyof typeof words.lifecycles;

export interface Service {
  readonly key: string;
  readonly check: HealthCheck;
  readonly lifecycle: Lifecycle;
  /** When it began; null where the server does not say. */
  readonly since: string | null;
  /** Its last heartbeat, of those that have one. */
  readonly heardAt: string | null;
}

/** The server itself and all of its parts, with how far each is in its life. */
export function servicesOf(health: Health, engines: readonly EngineView[]): readonly Service[] {
  const own = engines.find(({ answers }) => answers);
  const parts = Object.entries(health.checks).map(([key, check]): Service => {
    const isEngine = key === 'engine' && own !== undefined;
    return {
      ...{ key, check, lifecycle: lifecycleOf(check) },
      since: isEngine ? own.started_at : null,
      heardAt: isEngine ? own.last_heartbeat_at : null,
    };
  });
  const server: Service = {
    ...{ key: 'server', check: SERVERS[health.status], lifecycle: ofServer(health.status) },
    ...{ since: health.started_at ?? null, heardAt: health.timestamp },
  };
  return [server, ...parts];
}

const OK = { status: 'ok' } as const;
const LESS = { status: 'degraded' } as const;
/** What is wrong with a part stands at that part. */
const SERVERS: Readonly<Record<Health['status'], HealthCheck>> = {
  ...{ ok: OK, degraded: OK, down: OK, starting: LESS, draining: LESS },
};

function ofServer(status: Health['status']): Lifecycle {
  if (status === 'draining') return 'stopping';
  return status === 'starting' ? 'starting' : 'running';
}

/** An engine says it; of others it follows from whether they work. */
function lifecycleOf({ status, values = {} }: HealthCheck): Lifecycle {
  const { state } = values;
  if (typeof state === 'string' && has(words.lifecycles, state)) return state;
  return status === 'ok' ? 'running' : status === 'down' ? 'stopped' : 'degraded';
}

const PLACES = Object.keys(words.values);

/** In the order of the words; what has none comes last. */
function byPlace([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  const place = (name: string) => (PLACES.includes(name) ? PLACES.indexOf(name) : PLACES.length);
  return place(a) - place(b);
}

function has<T extends object>(known: T, name: PropertyKey): name is keyof T {
  return Object.hasOwn(known, name);
}
