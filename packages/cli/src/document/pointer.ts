/**
 * The keys and indexes in a path as the server writes it: a JSON pointer
 * (`/dag_definition/nodes/3/needs/0`) or a field path (`dag_definition.nodes[3].needs[0]`).
 */
export function readPointer(path: string): readonly string[] {
  if (!path.startsWith('/')) return path.split(/[.[\]]+/).filter((part) => part !== '');
  return path
    .slice(1)
    .split('/')
    .map((part) => part.replace(/~1/g, '/').replace(/~0/g, '~'));
}
