import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { WORDS } from '../src/words.ts';
import { EVENT_WORDS } from '../src/words-event.ts';
import { HOME_WORDS } from '../src/words-home.ts';
import { RUN_WORDS } from '../src/words-run.ts';
import { TASK_WORDS } from '../src/words-task.ts';
import { TEMPLATE_WORDS } from '../src/words-template.ts';
import { TEST_WORDS } from '../src/words-test.ts';

const root = join(import.meta.dirname, '../../..');

it('teaches commands that can be run as they stand', () => {
  const examples = [
    WORDS.signIn.command,
    RUN_WORDS.list.emptyExample,
    TASK_WORDS.emptyExample,
    HOME_WORDS.nextExample,
    EVENT_WORDS.emptyExample,
    TEMPLATE_WORDS.emptyExample,
    TEST_WORDS.emptyExample,
    TEST_WORDS.emptyThen,
  ];
  for (const example of examples) {
    expect(example).toMatch(
      /^npx tenuto (run|tasks create|tokens create|events publish|templates put|tests catalogue put) /,
    );
    const [file] = /examples\/\S+/.exec(example) ?? [];
    if (file !== undefined) expect([file, existsSync(join(root, file))]).toEqual([file, true]);
  }
});
