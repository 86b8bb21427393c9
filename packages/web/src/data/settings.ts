import { useQuery } from '@tanstack/react-query';
import { client } from './client.ts';

/** How the server was started; it changes with its next start. */
export function useServerSettings(enabled: boolean) {
  return useQuery({
    queryKey: ['settings'],
    queryFn: ({ signal }) => client.settings.read({ signal }),
    staleTime: 60_000,
    enabled,
  });
}

/** The policies that hold here for everybody; they change with the next start, too. */
export function useStandingPolicies(enabled: boolean) {
  return useQuery({
    queryKey: ['policies', 'standing'],
    queryFn: ({ signal }) => client.settings.policies({ signal }),
    staleTime: 60_000,
    enabled,
  });
}
