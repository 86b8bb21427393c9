import { createRouter } from '@tanstack/react-router';
import { PATIENCE_MS, Waiting } from '../ui/skeleton.tsx';
import { BrokenView } from './problems.tsx';
import { root } from './root-route.ts';
import { LIBRARY_ROUTES } from './routes-library.ts';
import { SYSTEM_ROUTES } from './routes-system.ts';
import { WORK_ROUTES } from './routes-work.ts';
import { parseSearch, stringifySearch } from './search.ts';

export const router = createRouter({
  routeTree: root.addChildren([...WORK_ROUTES, ...LIBRARY_ROUTES, ...SYSTEM_ROUTES]),
  parseSearch,
  stringifySearch,
  defaultPreload: 'intent',
  defaultErrorComponent: BrokenView,
  // The page that is left stays for a moment, and what comes is shown as soon as it is there.
  defaultPendingMs: PATIENCE_MS,
  defaultPendingMinMs: 0,
  defaultPendingComponent: () => <Waiting atOnce />,
  scrollRestoration: true,
  scrollToTopSelectors: ['#content'],
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
