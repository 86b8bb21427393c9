import { SCOPES, type Scope } from '@tenuto/contract';

export interface ScopeGroup {
  readonly name: string;
  readonly scopes: readonly Scope[];
}

/** Scopes by what they are about: `jobs:read` and `jobs:write` are about jobs. */
export const SCOPE_GROUPS: readonly ScopeGroup[] = [
  ...Map.groupBy(SCOPES, (scope) => scope.split(':')[0] ?? scope),
].map(([name, scopes]) => ({ name, scopes }));

/** What one may give away: no more than one has. */
export function mayGive(own: readonly string[]): readonly Scope[] {
  return own.includes('admin') ? SCOPES : SCOPES.filter((scope) => own.includes(scope));
}

/** What people begin with: of what one may give away, all that only looks, or what works with runs, too. */
export const SCOPE_SETS = {
  look: (scope: Scope) => scope.endsWith(':read'),
  work: (scope: Scope) =>
    scope.endsWith(':read') ||
    (/^(jobs|runs|tasks|events):/.test(scope) && scope !== 'runs:override'),
} as const;

/** Puts one in or takes it out, in the order that scopes have everywhere. */
export function toggled(scopes: readonly Scope[], scope: Scope): readonly Scope[] {
  const chosen = new Set(scopes);
  if (!chosen.delete(scope)) chosen.add(scope);
  return SCOPES.filter((each) => chosen.has(each));
}
