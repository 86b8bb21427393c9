import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { client } from './client.ts';

const key = ['doctor'] as const;

/** What the doctor finds; looked for when a person asks, and not again by itself. */
export function useExamination(deep: boolean) {
  return useQuery({
    queryKey: [...key, deep],
    queryFn: ({ signal }) => client.doctor.examine(deep ? { deep } : {}, { signal }),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** Mends what the named checks find. */
export function useRepair() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (checks: readonly string[]) => client.doctor.repair({ checks: [...checks] }),
    onSettled: () => queries.invalidateQueries({ queryKey: key }),
  });
}
