import type pg from 'pg';

/** A session that sends one statement after the other, however many it is asked at once. */
export function inTurn<Session extends Pick<pg.ClientBase, 'query'>>(session: Session): Session {
  let last: Promise<unknown> = Promise.resolve();
  return new Proxy(session, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name);
      if (name !== 'query' || typeof member !== 'function') return member;
      return (...given: unknown[]) => {
        const answer = last.then(() => Reflect.apply(member, target, given));
        last = answer.catch(() => undefined);
        return answer;
      };
    },
  });
}
