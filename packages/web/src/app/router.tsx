import { createRouter } from '@tanstack/react-router';
import { Waiting } from '../ui/skeleton.tsx';
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
  defaultPendingComponent: () => <Waiting />,
  scrollRestoration: true,
  scrollToTopSelectors: ['#content'],
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
