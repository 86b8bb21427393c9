import type { Scope } from '@tenuto/contract';
import { sessionOf, sessionStore } from './session.ts';
import { useStore } from './store.ts';

/** Whether who is signed in may do what needs a scope: what one may not do is not shown. */
export function useMay(): (scope: Scope) => boolean {
  const scopes = useScopes();
  return (scope) => scopes.includes('admin') || scopes.includes(scope);
}

/** The scopes of who is signed in. */
export function useScopes(): readonly string[] {
  return sessionOf(useStore(sessionStore))?.scopes ?? [];
}

/** Who is signed in; empty while nobody is. */
export function usePrincipal(): string {
  return sessionOf(useStore(sessionStore))?.principal ?? '';
}
