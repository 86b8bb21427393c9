import type { Scope } from '@tenuto/contract';
import { sessionStore } from './session.ts';
import { useStore } from './store.ts';

/** Whether who is signed in may do what needs a scope: what one may not do is not shown. */
export function useMay(): (scope: Scope) => boolean {
  const state = useStore(sessionStore);
  const scopes = state.kind === 'in' ? state.session.scopes : [];
  return (scope) => scopes.includes('admin') || scopes.includes(scope);
}

/** Who is signed in; empty while nobody is. */
export function usePrincipal(): string {
  const state = useStore(sessionStore);
  return state.kind === 'in' ? state.session.principal : '';
}
