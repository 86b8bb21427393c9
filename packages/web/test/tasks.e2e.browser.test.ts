/** Tasks: their schedules built and written, changed by several people, looked into and acted on. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBrowser, signedIn } from './browser.ts';
import { type Console, startConsole } from './served.ts';

let served: Console;
let browser: Browser;
beforeAll(async () => {
  [served, browser] = await Promise.all([startConsole(), openBrowser()]);
});
afterAll(async () => {
  await browser?.close();
  await served?.[Symbol.asyncDispose]();
});

/** Long enough for a machine that has other work. */
const SOON = { timeout: 60_000 };

const SAYS = {
  pipeline: [{ id: 'say', uses: 'transform.cel', with: { expression: "'hello'" } }],
};
const cronTask = (title: string, over: object = {}) =>
  served.client.tasks.create({
    ...{ title, schedule_kind: 'cron', schedule_expr: '30 2 * * *', timezone: 'Europe/Paris' },
    ...{ payload: SAYS, ...over },
  });

async function opened(path: string): Promise<{ page: Page; troubles: readonly string[] }> {
  const visitor = await signedIn(browser, served);
  await visitor.page.goto(served.url + path);
  return visitor;
}

/** Creates what the form says, and reads it as it is stored. */
async function created(page: Page, title: string) {
  await page.getByLabel('Title').fill(title);
  await page.getByRole('button', { name: 'Create', exact: true }).click();
  await page.getByRole('heading', { name: title }).waitFor();
  return served.client.tasks.get(new URL(page.url()).pathname.split('/').at(-1) ?? '');
}

async function inZone(page: Page, zone: string): Promise<void> {
  const select = page.getByRole('combobox', { name: 'Time zone' });
  await select.click();
  await select.fill(zone);
  await page.getByRole('option', { name: zone, exact: true }).click();
}

describe('a schedule is built', () => {
  it('as cron, in step with its text, with what the changes of the clocks do', async () => {
    const { page, troubles } = await opened('/tasks/new');
    await inZone(page, 'Europe/Paris');
    await page.getByRole('button', { name: 'Nightly at 2:30' }).click();
    const text = page.getByLabel('Cron expression');
    expect(await text.inputValue()).toBe('30 2 * * *');
    await page.getByText('skipped hour').waitFor();
    await page.getByText('doubled hour').waitFor();
    await page.getByText(/it fires at 03:00 \(\+02:00\) instead/).waitFor();
    await page.getByRole('group', { name: 'Weekdays', exact: true }).getByText('Mon').click();
    expect(await text.inputValue()).toBe('30 2 * * MON');
    await text.fill('15 8 1-5 * *');
    const days = page.getByRole('group', { name: 'Days of the month', exact: true });
    await expect
      .poll(() => days.locator('[aria-pressed=true]').allInnerTexts(), SOON)
      .toEqual([...['1', '2', '3', '4', '5']]);
    const task = await created(page, 'built as cron');
    expect([task.schedule_expr, task.timezone]).toEqual(['15 8 1-5 * *', 'Europe/Paris']);
    expect(troubles).toEqual([]);
  });

  it('as text where the builder cannot show it, and that is never changed', async () => {
    const { page } = await opened('/tasks/new');
    await page.getByLabel('Cron expression').fill('0 9 LW * *');
    await page.getByText('The builder cannot show this').waitFor();
    const task = await created(page, 'kept as text');
    await page.getByRole('link', { name: 'Edit' }).click();
    await page.getByText('The builder cannot show this').waitFor();
    await page.getByLabel('Title').fill('kept as text again');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('heading', { name: 'kept as text again' }).waitFor();
    const { schedule_expr: expr } = await served.client.tasks.get(task.task_id);
    expect(expr).toBe('0 9 LW * *');
  });

  it('as a rule with weekdays, an end and times that are left out', async () => {
    const { page, troubles } = await opened('/tasks/new');
    await page.getByText('Rule', { exact: true }).click();
    await page.getByLabel('Interval').fill('2');
    await page.getByRole('group', { name: 'On weekdays' }).getByText('Fri').click();
    await page.getByLabel('Hours').fill('9, 17');
    await page.getByLabel('Left out (EXDATE): Add a time').fill('2027-01-07T09:00');
    await page.getByRole('button', { name: 'Add' }).first().click();
    const text = page.getByLabel('Recurrence rule');
    const rule = 'FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH,FR;BYHOUR=9,17;BYMINUTE=0;BYSECOND=0';
    expect(await text.inputValue()).toBe(`RRULE:${rule}\nEXDATE:20270107T090000`);
    await page.getByRole('combobox', { name: 'Ends' }).click();
    await page.getByRole('option', { name: 'after so many' }).click();
    expect(await text.inputValue()).toContain('COUNT=10');
    const task = await created(page, 'built as a rule');
    expect(task.schedule_expr).toBe(`RRULE:${rule};COUNT=10\nEXDATE:20270107T090000`);
    expect(troubles).toEqual([]);
  });

  it('as one time, by a shortcut or on the clock of the zone', async () => {
    const { page } = await opened('/tasks/new');
    await page.getByText('Once', { exact: true }).click();
    await inZone(page, 'Asia/Tokyo');
    await page.getByRole('button', { name: 'In an hour' }).click();
    expect(await page.getByLabel('Time', { exact: true }).inputValue()).toMatch(/\+09:00$/);
    await page.getByLabel('Date and time').fill('2031-05-01T09:30');
    await page.getByText('2031-05-01 09:30').waitFor();
    const task = await created(page, 'built as one time');
    expect([task.schedule_expr, task.next_fire_at]).toEqual([
      ...['2031-05-01T09:30', '2031-05-01T00:30:00.000Z'],
    ]);
  });

  it('as events, whose filter is tried on the last ones', async () => {
    for (const amount of [5, 50]) {
      await served.client.events.publish({ topic: 'shop.sold', payload: { amount } });
    }
    await served.client.events.publish({ topic: 'shop.opened', payload: null });
    const { page } = await opened('/tasks/new');
    await page.getByText('Event', { exact: true }).click();
    await page.getByRole('combobox', { name: 'Topic' }).fill('shop');
    await page.getByRole('option', { name: 'shop.*', exact: true }).click();
    await page.getByText('3 of the last 3 events would have fired it.').waitFor();
    await page.getByLabel('Filter').fill('event.payload.amount >');
    await page
      .getByText(/is wrong/)
      .first()
      .waitFor();
    await page.getByLabel('Filter').fill('event.payload.amount > 10');
    await page.getByText('1 of the last 3 events would have fired it.').waitFor();
    const task = await created(page, 'built on events');
    expect([task.schedule_expr, task.filter]).toEqual(['shop.*', 'event.payload.amount > 10']);
  });

  it('as a condition with its probe', async () => {
    const { page } = await opened('/tasks/new');
    await page.getByText('Condition', { exact: true }).first().click();
    await page.getByLabel('Every so many seconds').fill('3600');
    await page.getByLabel('Its parameters, as JSON').fill('{"expression": "1"}');
    await page.getByRole('combobox', { name: 'Action' }).fill('transform.cel');
    await page.getByLabel('Condition', { exact: true }).last().fill('steps.probe.output == 2');
    const task = await created(page, 'built as a condition');
    expect(task).toMatchObject({
      ...{ schedule_expr: 'steps.probe.output == 2', poll_interval_seconds: 3_600 },
      probe: { uses: 'transform.cel', with: { expression: '1' } },
    });
  });
});

describe('what creating a task would be refused for', () => {
  it('is said at its field while it is written', async () => {
    const { page } = await opened('/tasks/new');
    const steps = page.getByLabel('What it runs, as JSON');
    await steps.fill('[{ "id": "a", "uses": "no.such.action" }]');
    await page
      .getByText(/no\.such\.action/)
      .last()
      .waitFor();
    await steps.fill('[');
    await page.getByText('This is not JSON').waitFor();
    await page.getByRole('button', { name: 'Create', exact: true }).click();
    expect(await steps.inputValue()).toBe('[');
  });

  it('is nothing for a template whose parameters are a form', async () => {
    await served.client.templates.create({
      name: 'greet',
      dag_definition: {
        nodes: [{ id: 'say', uses: 'transform.cel', with: { expression: "'${params.whom}'" } }],
      },
      params_schema: {
        type: 'object',
        properties: { whom: { type: 'string' }, loud: { type: 'boolean', default: false } },
        required: ['whom'],
      },
    });
    const { page } = await opened('/tasks/new');
    await page.getByText('Template', { exact: true }).click();
    await page.getByRole('combobox', { name: 'Template' }).click();
    await page.getByRole('option', { name: 'greet' }).click();
    await page.getByLabel('whom').fill('the world');
    const task = await created(page, 'made of a template');
    expect(task.payload).toEqual({ template: 'greet', params: { whom: 'the world' } });
  });

  it('is said at the line of a step where it is wrong', async () => {
    const { page } = await opened('/tasks/new');
    const steps = page.getByLabel('What it runs, as JSON');
    const wrong =
      '[\n  { "id": "a", "uses": "sleep.for", "with": { "seconds": 1 } },\n  {\n    "id": "b",\n    "uses": "no.such.action"\n  }\n]';
    await steps.fill(wrong);
    await page.getByRole('button', { name: 'Line 5' }).waitFor();
    await steps.fill(wrong.replace('},', ','));
    await page.getByRole('button', { name: 'Line 3' }).waitFor();
    await steps.fill(
      wrong
        .replace('no.such.action', 'sleep.for')
        .replace('"sleep.for"\n', '"sleep.for",\n    "with": { "seconds": 1 }\n'),
    );
    await page.getByRole('button', { name: /^Line/ }).waitFor({ state: 'detached' });
  });

  it('is nothing for a profile whose intake is a form, and for another one chosen after it', async () => {
    const phases = [
      { id: 'plan', agents: [{ id: 'do', uses: 'transform.cel', with: { expression: '1' } }] },
    ];
    const asks = (name: string) => ({
      ...{ type: 'object', properties: { [name]: { type: 'string' } } },
      ...{ required: [name], additionalProperties: false },
    });
    for (const name of ['goal', 'place']) {
      const profile = { name: `asks_${name}`, phases, intake_schema: asks(name) };
      await served.client.profiles.create(profile);
    }
    const { page, troubles } = await opened('/tasks/new');
    await page.getByText('Profile', { exact: true }).click();
    const choose = async (name: string) => {
      await page.getByRole('combobox', { name: 'Profile' }).click();
      await page.getByRole('option', { name, exact: true }).click();
    };
    await choose('asks_goal');
    await page.getByLabel('goal').fill('a shelf');
    await choose('asks_place');
    await page.getByLabel('place').fill('the hall');
    const task = await created(page, 'made of a profile');
    expect(task.payload).toEqual({ profile: 'asks_place', intake: { place: 'the hall' } });
    await page.getByRole('link', { name: 'Edit' }).click();
    expect(await page.getByLabel('place').inputValue()).toBe('the hall');
    expect(troubles).toEqual([]);
  });
});

describe('a change', () => {
  it('goes on top of what somebody else has changed meanwhile, and loses nothing', async () => {
    const { task_id: id } = await cronTask('edited by two');
    const { page } = await opened(`/tasks/${id}/edit`);
    await page.getByLabel('Title').fill('edited by both');
    await served.client.tasks.update(id, { schedule_expr: '0 5 * * *', max_runs: 9 });
    await page.getByRole('button', { name: 'Save' }).click();
    const notice = page.getByRole('alert').filter({ hasText: 'Somebody has changed this task' });
    await notice.getByText('They have changed').waitFor();
    await notice.getByText('0 5 * * *').waitFor();
    expect(await page.getByLabel('Title').inputValue()).toBe('edited by both');
    await notice.getByRole('button', { name: 'Save mine on top of theirs' }).click();
    await page.getByRole('heading', { name: 'edited by both' }).waitFor();
    expect(await served.client.tasks.get(id)).toMatchObject({
      ...{ title: 'edited by both', schedule_expr: '0 5 * * *', max_runs: 9, version: 3 },
    });
  });
});

describe('a task', () => {
  it('is backfilled once it has been said how many runs that makes', async () => {
    const { task_id: id } = await cronTask('filled in');
    const { page, troubles } = await opened(`/tasks/${id}`);
    await page.getByRole('button', { name: 'More actions' }).click();
    await page.getByRole('menuitem', { name: 'Backfill' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('From').fill('2026-03-27T00:00');
    await dialog.getByLabel('To').fill('2026-03-30T12:00');
    await dialog.getByRole('button', { name: 'Count them' }).click();
    await dialog.getByText('4 runs would be made.').waitFor();
    await dialog.getByText('2026-03-29 03:00:00').waitFor();
    expect((await served.client.tasks.firings(id).first()).total).toBe(0);
    await dialog.getByRole('button', { name: 'Make 4 runs' }).click();
    const ledger = page.getByRole('region', { name: 'Ledger' });
    await ledger.getByText('Clocks went forward from 02:00 to 03:00').waitFor();
    await ledger.getByText('2026-03-27 02:30').waitFor();
    await expect.poll(() => ledger.getByText('Fired').count(), SOON).toBe(4);
    expect(troubles).toEqual([]);
  });

  it('is snoozed, paused and resumed, and says so', async () => {
    const { task_id: id } = await cronTask('held up');
    const { page } = await opened(`/tasks/${id}`);
    await page.getByRole('button', { name: 'More actions' }).click();
    await page.getByRole('menuitem', { name: 'Snooze' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: '4 hours' }).click();
    await dialog.getByLabel('Reason').fill('the move');
    await dialog.getByRole('button', { name: 'Snooze', exact: true }).click();
    await page.getByText(/Snoozed: .* the move/).waitFor();
    await page.getByRole('button', { name: 'Pause' }).click();
    await dialog.getByLabel('Reason').fill('until Monday');
    await dialog.getByRole('button', { name: 'Pause' }).click();
    await page.getByRole('button', { name: 'Resume' }).click();
    await dialog.getByLabel(/Make up for what was missed/).check({ force: true });
    await dialog.getByRole('button', { name: 'Resume' }).click();
    await page.getByRole('button', { name: 'Pause' }).waitFor();
    const changes = page.getByRole('region', { name: 'Changes' });
    await page.reload();
    await changes.getByText('until Monday').waitFor();
  });

  it('is run with parameters, copied and deleted', async () => {
    const payload = {
      pipeline: [{ id: 'say', uses: 'transform.cel', with: { value: '${params.page}' } }],
      params: { page: 'first' },
    };
    const { task_id: id } = await cronTask('run by hand', { payload });
    const { page } = await opened(`/tasks/${id}`);
    const more = () => page.getByRole('button', { name: 'More actions' }).click();
    await more();
    await page.getByRole('menuitem', { name: 'Run with parameters' }).click();
    await page.getByLabel('Parameters of this run, as JSON').fill('{"page": "second"}');
    await page.getByRole('dialog').getByRole('button', { name: 'Run now' }).click();
    await page.waitForURL(/\/runs\/[0-9a-f-]{36}/);
    await page.getByText('The run has completed.').waitFor();
    const { items } = await served.client.tasks.runs(id).first();
    expect((await served.client.runs.get(items[0]?.run_id ?? '')).output).toEqual({
      say: 'second',
    });
    await page.goto(`${served.url}/tasks/${id}`);
    await more();
    await page.getByRole('menuitem', { name: 'Duplicate' }).click();
    expect((await created(page, 'run by hand, too')).payload).toEqual(payload);
    await more();
    await page.getByRole('menuitem', { name: 'Delete' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await page.getByRole('heading', { name: 'Tasks', exact: true }).waitFor();
    expect(await served.client.tasks.list({ title: 'run by hand, too' }).first()).toMatchObject({
      total: 0,
    });
  });
});

describe('the list of tasks', () => {
  it('forgets a filter that was cleared, also what was typed of it', async () => {
    await cronTask('kept in the list');
    const { page } = await opened('/tasks');
    const field = page.getByLabel('Title begins with…');
    await field.fill('nothing like it');
    await page.getByRole('button', { name: 'Clear filters' }).click();
    await page.getByRole('link', { name: 'kept in the list' }).waitFor();
    expect(await field.inputValue()).toBe('');
    await field.pressSequentially('kept ');
    await page.waitForURL(/title=kept$/);
    await field.pressSequentially('in');
    await page.waitForURL(/title=kept\+in|title=kept%20in/);
    await page.getByRole('link', { name: 'kept in the list' }).waitFor();
  });

  it('shows which fail, and pauses those that are chosen', async () => {
    const failing = {
      id: 'a',
      uses: 'command.run',
      with: { command: ['node', '-e', 'process.exit(1)'] },
    };
    const bad = await cronTask('list bad', { payload: { pipeline: [failing] }, max_retries: 0 });
    const good = await cronTask('list good');
    await served.client.tasks.runNow(bad.task_id);
    const { page } = await opened('/tasks?title=list');
    await page.getByText('Its last run failed').waitFor();
    await page.getByRole('button', { name: 'Failing' }).click();
    await page.waitForURL(/failing=yes/);
    await page.getByRole('link', { name: 'list good' }).waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Failing' }).click();
    await page.getByLabel('Select list good').check();
    await page.getByLabel('Select list bad').check();
    await page.getByRole('button', { name: 'Pause', exact: true }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('list good').waitFor();
    const asked: string[] = [];
    page.on('request', (request) => {
      if (request.method() === 'POST') asked.push(new URL(request.url()).pathname);
    });
    await dialog.getByRole('button', { name: 'Pause' }).click();
    await page.getByText('Done to 2 tasks.').waitFor();
    expect(asked).toEqual(['/api/v1/tasks/bulk']);
    const states = [bad, good].map(
      async ({ task_id: id }) => (await served.client.tasks.get(id)).status,
    );
    expect(await Promise.all(states)).toEqual(['paused', 'paused']);
  });
});
