import { describe, expect, test } from 'vitest';
import { inTurn } from './in-turn.ts';

/** A session that notes what it is asked and answers when it is told to. */
function scriptedSession() {
  const asked: string[] = [];
  const answers: ((answer: unknown) => void)[] = [];
  const refusals: ((error: Error) => void)[] = [];
  return {
    asked,
    answer: (value: unknown) => answers.shift()?.(value),
    refuse: (message: string) => refusals.shift()?.(new Error(message)),
    session: {
      kind: 'session',
      query(text: string): Promise<unknown> {
        asked.push(text);
        return new Promise((resolve, reject) => {
          answers.push(resolve);
          refusals.push(reject);
        });
      },
    },
  };
}

describe('a session that takes turns', () => {
  test('sends the next statement when the last one is answered', async () => {
    const { session, asked, answer } = scriptedSession();
    const db = inTurn(session as never) as typeof session;
    const both = Promise.all([db.query('one'), db.query('two')]);
    await expect.poll(() => asked).toEqual(['one']);
    answer(1);
    await expect.poll(() => asked).toEqual(['one', 'two']);
    answer(2);
    expect(await both).toEqual([1, 2]);
  });

  test('goes on after a statement that failed, which fails for whoever sent it', async () => {
    const { session, asked, answer, refuse } = scriptedSession();
    const db = inTurn(session as never) as typeof session;
    const failing = expect(db.query('one')).rejects.toThrow('no');
    const other = db.query('two');
    await expect.poll(() => asked).toEqual(['one']);
    refuse('no');
    await failing;
    await expect.poll(() => asked).toEqual(['one', 'two']);
    answer(undefined);
    answer(2);
    expect(await other).toBe(2);
  });

  test('is the session in all else', () => {
    const { session } = scriptedSession();
    expect((inTurn(session as never) as typeof session).kind).toBe('session');
  });
});
