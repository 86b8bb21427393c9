import {
  type AsyncRouteComponent,
  lazyRouteComponent as lazily,
  type RouteComponent,
} from '@tanstack/react-router';
import { patiently } from '../data/patience.ts';

/** A view whose file is loaded when it is first shown. */
export function lazyRouteComponent<Name extends string>(
  load: () => Promise<{ readonly [K in Name]: RouteComponent }>,
  name: Name,
): AsyncRouteComponent<Record<never, never>> {
  return lazily(patiently(load), name);
}
