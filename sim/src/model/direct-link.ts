import type { Link } from './link.ts';

/** Statements happen at once and nothing goes wrong: the model as it is compared with PostgreSQL. */
export function directLink(): Link {
  return {
    async call(_request, statement) {
      return statement();
    },
    async transaction(_request, steps) {
      const running = steps();
      for (;;) {
        const { done, value } = running.next();
        if (done === true) return value;
      }
    },
  };
}
