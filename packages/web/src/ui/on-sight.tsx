import { useEffect, useRef } from 'react';

/** Asked for before it is in sight, so that who scrolls does not wait. */
const AHEAD = '600px';

/** Stands at the end of a list, and calls whenever that end comes into sight. */
export function OnSight({ act }: { readonly act: () => void }) {
  const place = useRef<HTMLDivElement>(null);
  const latest = useRef(act);
  useEffect(() => {
    latest.current = act;
  });
  useEffect(() => {
    if (place.current === null) return;
    const root = document.getElementById('content');
    const observer = new IntersectionObserver(
      ([entry]) => entry?.isIntersecting && latest.current(),
      { root, rootMargin: AHEAD },
    );
    observer.observe(place.current);
    return () => observer.disconnect();
  }, []);
  return <div ref={place} />;
}
