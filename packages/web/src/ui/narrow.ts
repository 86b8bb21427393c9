import { useMediaQuery } from '@mantine/hooks';

/** Whether the screen is that of a telephone. */
export function useIsNarrow(): boolean {
  return useMediaQuery('(max-width: 640px)', false, { getInitialValueInEffect: false });
}
