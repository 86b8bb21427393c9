import { useMutation, useQueryClient } from '@tanstack/react-query';

/**
 * Changes something on the server, and reads anew what shows it. Nothing of the answer is kept when
 * whoever asked is gone: it may hold a secret that is shown once.
 * @param key what the queries begin with that are read anew
 */
export function useChange<Asked, Answer>(
  key: readonly unknown[],
  change: (asked: Asked) => Promise<Answer>,
) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: change,
    gcTime: 0,
    onSettled: () => queries.invalidateQueries({ queryKey: key }),
  });
}
