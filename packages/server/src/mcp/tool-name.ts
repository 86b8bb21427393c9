/** Names of tools, from the addresses that they stand for. */

interface Named {
  readonly method: string;
  /** As the route declares it: `/api/v1/orchestration/job/:job_id/nodes`. */
  readonly url: string;
  readonly isList: boolean;
  readonly scope: string;
  readonly isSubmit: boolean;
}

const ROOT = /^\/api\/v1\/(orchestration\/)?/;

/**
 * `GET .../job/:job_id/nodes` is `list_job_nodes`, `POST .../job/:job_id/pause` is `pause_job`,
 * `PUT .../templates/:name` is `replace_template`.
 */
export function toolName(route: Named): string {
  const parts = route.url.replace(ROOT, '').split('/').filter(Boolean);
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

function verbOf({ method, isList, scope, isSubmit }: Named): string {
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
      if (scope === 'events:publish') return 'publish';
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
