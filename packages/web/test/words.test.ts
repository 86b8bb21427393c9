import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { WORDS } from '../src/words.ts';
import { AGENT_WORDS } from '../src/words-agents.ts';
import { EVENT_WORDS } from '../src/words-event.ts';
import { HOME_WORDS } from '../src/words-home.ts';
import { MCP_WORDS } from '../src/words-mcp-servers.ts';
import { MONEY_WORDS } from '../src/words-money.ts';
import { NOTICE_WORDS } from '../src/words-notifications.ts';
import { RUN_WORDS } from '../src/words-run.ts';
import { SECRET_WORDS } from '../src/words-secrets.ts';
import { TASK_WORDS } from '../src/words-task.ts';
import { TEAM_WORDS } from '../src/words-teams.ts';
import { TEMPLATE_WORDS } from '../src/words-template.ts';
import { TEST_WORDS } from '../src/words-test.ts';
import { WEBHOOK_WORDS } from '../src/words-webhooks.ts';

const root = join(import.meta.dirname, '../../..');

it('teaches commands that can be run as they stand', () => {
  const examples = [
    WORDS.signIn.command,
    RUN_WORDS.list.emptyExample,
    TASK_WORDS.emptyExample,
    HOME_WORDS.nextExample,
    EVENT_WORDS.emptyExample,
    AGENT_WORDS.emptyExample,
    AGENT_WORDS.tokenExample,
    SECRET_WORDS.emptyExample,
    WEBHOOK_WORDS.emptyExample,
    NOTICE_WORDS.channelExample,
    MCP_WORDS.emptyExample,
    TEAM_WORDS.teamExample,
    MONEY_WORDS.budgetExample,
    TEMPLATE_WORDS.emptyExample,
    TEST_WORDS.emptyExample,
    TEST_WORDS.emptyThen,
  ];
  for (const example of examples) {
    expect(example).toMatch(
      /^npx tenuto (run|(tasks|tokens|agents|teams) create|budgets set|events publish|templates put|tests catalogue put|secrets set|(webhooks|mcp|notifications channels) add) /,
    );
    const [file] = /examples\/\S+/.exec(example) ?? [];
    if (file !== undefined) expect([file, existsSync(join(root, file))]).toEqual([file, true]);
  }
});
