/** Where what a change was about is looked at. */
export interface SubjectPlace {
  readonly to: string;
  readonly search?: Readonly<Record<string, string>>;
}

type Placer = (subject: string) => SubjectPlace;

const at =
  (path: string): Placer =>
  (subject) => ({ to: `${path}/${encodeURIComponent(subject)}` });
const page =
  (to: string): Placer =>
  () => ({ to });

/** By what stands before the dot of an action. */
const PLACES: Readonly<Record<string, Placer>> = {
  job: at('/runs'),
  run: at('/runs'),
  approval: at('/runs'),
  task: at('/tasks'),
  agent: at('/agents'),
  intervention: page('/needs'),
  circuit: (circuit) => ({ to: '/system/circuits', search: { circuit } }),
  retry_policy: (policy) => ({ to: '/system/policies', search: { policy } }),
  template: page('/templates'),
  profile: page('/profiles'),
  event: page('/events'),
  token: page('/agents'),
  budget: page('/system/budgets'),
  price: page('/system/budgets'),
  team: page('/system/teams'),
  quota: page('/system/teams'),
  secret: page('/system/secrets'),
  webhook: page('/system/webhooks'),
  mcp_server: page('/system/mcp-servers'),
  notification_channel: page('/system/notifications'),
  notification_route: page('/system/notifications'),
  test: page('/tests'),
};

/** Undefined where no page shows such things, and for what is no more. */
export function placeOf(action: string, subject: string): SubjectPlace | undefined {
  const [noun = '', verb = ''] = action.split('.');
  if (subject === '' || verb === 'deleted') return undefined;
  const placer = Object.hasOwn(PLACES, noun) ? PLACES[noun] : undefined;
  return placer?.(subject);
}

/** A field of a change; undefined on a side where it is not. */
export interface Difference {
  readonly field: string;
  readonly before: unknown;
  readonly after: unknown;
}

type Details = Readonly<Record<string, unknown>>;

/** What was before and what is after, field by field; undefined where the details tell only one side. */
export function differencesOf(details: Details): readonly Difference[] | undefined {
  const { before, after } = details;
  if (!isRecord(before) || !isRecord(after)) return undefined;
  const fields = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return fields
    .map((field) => ({ field, before: own(before, field), after: own(after, field) }))
    .filter((each) => JSON.stringify(each.before) !== JSON.stringify(each.after));
}

function isRecord(value: unknown): value is Details {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function own(record: Details, field: string): unknown {
  return Object.hasOwn(record, field) ? record[field] : undefined;
}

/** Whether people can make something of a value in passing; of a hash they cannot. */
function says(value: unknown): boolean {
  if (typeof value === 'string') return value !== '' && !/^[0-9a-f]{32,}$/.test(value);
  return value !== null;
}

const SHORT = 3;
const MOST_CHARS = 32;

/** The first details in a few words, for one line. */
export function briefly(details: Details): string {
  const told = Object.entries(details).filter(([, value]) => says(value));
  return told
    .slice(0, SHORT)
    .map(([name, value]) => {
      const whole = typeof value === 'object' ? JSON.stringify(value) : String(value);
      const text = whole.length > MOST_CHARS ? `${whole.slice(0, MOST_CHARS)}…` : whole;
      return `${name.replaceAll('_', ' ')} ${text}`;
    })
    .join(' · ');
}
