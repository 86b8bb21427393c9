/** Names of tools, from the addresses that they stand for. */

interface Named {
  readonly method: string;
  /** As the route declares it: `/api/v1/orchestration/job/:job_id/nodes`. */
  readonly url: string;
  readonly isList: boolean;
  readonly isSubmit: boolean;
}

/** Addresses of which the rule would make names that nobody says. */
const SAID: Readonly<Record<string, string>> = {
  'POST /agents/:agent_id/credentials': 'create_agent_credential',
  'GET /audit/verify': 'verify_audit',
  'POST /job/:job_id/nodes/:node_id/cancel-retry': 'cancel_node_retry',
  'POST /job/:job_id/rerun-failed-tests': 'rerun_failed_tests',
  'POST /runs/bulk': 'change_runs',
  'GET /runs/task/:task_id/latest': 'get_latest_task_run',
  'GET /runs/task/:task_id/stats': 'get_task_run_stats',
  'GET /runs/stats/summary': 'get_run_stats',
  'POST /tasks/bulk': 'change_tasks',
  'POST /tasks/preview': 'preview_schedule',
  'POST /tasks/validate': 'validate_task',
  'GET /tasks/:task_id/preview': 'preview_task',
  'POST /tasks/:task_id/run_now': 'run_task_now',
  'GET /tests/catalogue': 'list_test_entries',
  'POST /tests/catalogue': 'create_test_entry',
  'GET /tests/catalogue/:entry_id': 'get_test_entry',
  'PUT /tests/catalogue/:entry_id': 'replace_test_entry',
  'DELETE /tests/catalogue/:entry_id': 'delete_test_entry',
  'GET /doctor': 'examine_store',
  'POST /doctor/repair': 'repair_store',
  'POST /events': 'publish_event',
  'GET /events/stream/recent': 'list_recent_events',
  'DELETE /events/stream/cleanup': 'clean_up_events',
  'GET /settings': 'read_settings',
  'GET /mcp-servers/:name/tools': 'list_mcp_server_tools',
};

const ROOT = /^\/api\/v1\/(orchestration\/)?/;

/**
 * `GET .../job/:job_id/nodes` is `list_job_nodes`, `POST .../job/:job_id/pause` is `pause_job`,
 * `PUT .../templates/:name` is `replace_template`.
 */
export function toolName(route: Named): string {
  const address = route.url.replace(ROOT, '');
  const said = SAID[`${route.method} /${address}`];
  if (said !== undefined) return said;
  const parts = address.split('/').filter(Boolean);
  const words = parts.filter((part) => !part.startsWith(':')).map(wordOf);
  const isItem = parts.at(-1)?.startsWith(':') === true;
  const isDeed = route.method === 'POST' && !isItem && parts.length > 1 && hasParameter(parts);
  if (isDeed) return [words.at(-1), ...words.slice(0, -1).map(singular)].join('_');
  const nouns = words.map((word, i) =>
    route.isList && i === words.length - 1 ? word : singular(word),
  );
  return [verbOf(route), ...nouns].join('_');
}

function hasParameter(parts: readonly string[]): boolean {
  return parts.some((part) => part.startsWith(':'));
}

function verbOf({ method, isList, isSubmit }: Named): string {
  switch (method) {
    case 'GET':
      return isList ? 'list' : 'get';
    case 'PUT':
      return 'replace';
    case 'PATCH':
      return 'update';
    case 'DELETE':
      return 'delete';
    default:
      return isSubmit ? 'submit' : 'create';
  }
}

function wordOf(part: string): string {
  return part.toLowerCase().replaceAll(/[^a-z0-9]+/g, '_');
}

function singular(word: string): string {
  if (/(ss|us|stats|metrics)$/.test(word)) return word;
  return word.replace(/ies$/, 'y').replace(/s$/, '');
}
