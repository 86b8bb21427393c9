import { createRootRoute } from '@tanstack/react-router';
import { NoSuchPage } from './problems.tsx';
import { Shell } from './shell.tsx';

/** What stands around every page. */
export const root = createRootRoute({ component: Shell, notFoundComponent: NoSuchPage });
