/** Profiles: drawn, checked, saved and run; by two people at once; and left without saving. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openBrowser, signedIn } from './browser.ts';
import { type Console, startConsole } from './served.ts';
import { RELEASE } from './stage-profiles.ts';

let served: Console;
let browser: Browser;
beforeAll(async () => {
  [served, browser] = await Promise.all([startConsole(), openBrowser()]);
});
afterAll(async () => {
  await browser?.close();
  await served?.[Symbol.asyncDispose]();
});

const partOf = (page: Page, place: string) => page.locator(`[data-part="${place}"]`);
const field = (page: Page, name: string) => page.getByRole('textbox', { name, exact: true });
const button = (page: Page, name: string | RegExp) =>
  page.getByRole('button', { name, exact: typeof name === 'string' });

async function name(page: Page, id: string) {
  await field(page, 'Id').fill(id);
  await page.keyboard.press('Enter');
}

it('leads whoever saves a profile without a name to where it is given', async () => {
  const { page } = await signedIn(browser, served);
  await page.goto(`${served.url}/profiles/new`);
  await button(page, 'Add the first phase').click();
  await button(page, 'Save').click();
  await page.locator('[data-place="/name"]:focus').waitFor();
  expect(await page.getByRole('alert').count()).toBe(0);
});

it('draws a profile of two phases, mends what is wrong, saves it, and sees a run of it', async () => {
  const { page, troubles } = await signedIn(browser, served);
  await page.goto(`${served.url}/profiles`);
  await page.getByRole('link', { name: 'Create a profile' }).click();
  await field(page, 'Name').fill('two_steps');
  await button(page, 'Add the first phase').click();
  await name(page, 'planning');
  await button(page, 'Add an agent').click();
  await name(page, 'planner');
  await button(page, 'Add a gate').click();
  await page.getByRole('menuitem', { name: /Files hold a text/ }).click();
  await button(page, 'Add a phase').click();
  await name(page, 'building');
  await button(page, 'Add an agent').click();
  await field(page, 'Prompt').fill('Build what was planned.');

  // The agent has no prompt and the gate no pattern: each problem leads to its field.
  await button(page, /^2 problems$/).click();
  await page.getByRole('button', { name: /planner · prompt/ }).click();
  await page.locator('[data-place="/phases/0/agents/0/prompt"]:focus').waitFor();
  await field(page, 'Prompt').fill('Plan ${params.intake.goal}.');
  await button(page, /^1 problem$/).click();
  await page.getByRole('button', { name: /content · pattern/ }).click();
  await field(page, 'Pattern').fill('.');
  await field(page, 'Files').fill('artifacts/planning/*.md');
  await partOf(page, '/phases/0').click();
  await page.getByText('Files that it leaves').click();
  await button(page, 'Add a file').click();
  await field(page, 'Path').fill('plan.md');
  await page.getByText('Sound', { exact: true }).waitFor();

  await page.getByText('Dry run', { exact: true }).click();
  await page.getByText('8 nodes, 7 ways, 8 levels').waitFor();
  await button(page, 'Save').click();
  await page.getByText('two_steps is saved as version 1.').waitFor();
  await page.waitForURL(`${served.url}/profiles/two_steps`);

  await button(page, 'Start a run').click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Project name').fill('A first try');
  await dialog.getByLabel('Intake as YAML or JSON').fill('goal: a shelf');
  await dialog.getByRole('switch', { name: 'Goes on by itself' }).click();
  await dialog.getByRole('button', { name: 'Start the run' }).click();
  await page.getByRole('heading', { name: 'A first try' }).waitFor();
  await page.locator('.run-title').getByText('Completed').waitFor();
  const [run] = (await served.client.runs.list({ profile: 'two_steps' }).first()).items;
  expect([run?.status, run?.name]).toEqual(['completed', 'A first try']);
  await page.goto(`${served.url}/profiles`);
  await page.getByRole('row').filter({ hasText: 'two_steps' }).getByText('Completed').waitFor();
  expect(troubles).toEqual([]);
});

it('connects phases by a line, takes it back, and does all of that by keys', async () => {
  const { page, troubles } = await signedIn(browser, served);
  await page.goto(`${served.url}/profiles/new`);
  await page.getByText('A profile is a way through phases').waitFor();
  await page.locator('h1').click();
  for (const id of ['one', 'two', 'three']) {
    await page.keyboard.press('1');
    await name(page, id);
    await page.keyboard.press('Escape');
  }
  const edges = page.locator('.react-flow__edge');
  await expect.poll(() => edges.count()).toBe(2);
  const from = page.locator('.react-flow__node[data-id="/phases/0"] .react-flow__handle-right');
  const to = page.locator('.react-flow__node[data-id="/phases/2"] .react-flow__handle-left');
  await from.dragTo(to);
  await expect.poll(() => edges.count()).toBe(3);
  await partOf(page, '/phases/2').click();
  await page.getByText('Phases that need the same go on side by side.').waitFor();
  await button(page, 'two').click();
  await expect.poll(() => edges.count()).toBe(2);
  await page.locator('h1').click();
  await page.keyboard.press('Control+z');
  await page.keyboard.press('Control+z');
  await expect.poll(() => edges.count()).toBe(2);
  await page.keyboard.press('Control+Shift+z');
  await expect.poll(() => edges.count()).toBe(3);

  // A line back would be a circle.
  const back = page.locator('.react-flow__node[data-id="/phases/2"] .react-flow__handle-right');
  await back.dragTo(
    page.locator('.react-flow__node[data-id="/phases/0"] .react-flow__handle-left'),
  );
  await page.getByText('They would need each other.').waitFor();
  await partOf(page, '/phases/1').focus();
  await page.keyboard.press('Enter');
  await page.keyboard.press('d');
  await partOf(page, '/phases/3').waitFor();
  await page.locator('h1').click();
  await page.keyboard.press('Delete');
  await expect.poll(() => page.locator('.phase-node').count()).toBe(3);
  expect(troubles).toEqual([]);
});

it('duplicates a profile that ships, and keeps source and graph in step', async () => {
  const { page, troubles } = await signedIn(browser, served);
  await page.goto(`${served.url}/profiles/ml_model`);
  await page.getByText('Shipped profiles stay as they are').waitFor();
  await page.getByRole('link', { name: 'Duplicate to edit' }).click();
  await partOf(page, '/phases/0').click();
  await name(page, 'framing');
  await page.getByText('Source', { exact: true }).click();
  const source = page.getByLabel('Source of the profile', { exact: true });
  const text = await source.inputValue();
  expect(text).toContain('name: ml_model_copy');
  expect(text).not.toContain('artifacts/planning/');
  await source.fill(`${text.replace('id: framing', 'id: thinking')}oops: [`);
  await page
    .getByRole('alert')
    .getByText(/cannot be read/)
    .waitFor();
  expect(await button(page, 'Save').isDisabled()).toBe(true);
  await page.getByText('Graph', { exact: true }).click();
  await page.getByText('The text cannot be read, so the graph').waitFor();
  await page.getByText('Source', { exact: true }).click();
  await source.fill(text.replaceAll('framing', 'thinking'));
  await page.getByText('Graph', { exact: true }).click();
  await partOf(page, '/phases/0').getByText('thinking').waitFor();
  await button(page, 'Save').click();
  await page.getByText('ml_model_copy is saved as version 1.').waitFor();
  const { profile } = await served.client.profiles.get('ml_model_copy');
  const shipped = (await served.client.profiles.get('ml_model')).profile;
  const expected = JSON.stringify(shipped).replaceAll('"planning"', '"thinking"');
  const same = expected.replaceAll('artifacts/planning/', 'artifacts/thinking/');
  expect(JSON.parse(JSON.stringify(profile))).toEqual({
    ...JSON.parse(same),
    name: 'ml_model_copy',
    title: `${shipped.title} (copy)`,
  });
  expect(troubles).toEqual([]);
});

it('shows both versions when two people have edited one, and lets one choose', async () => {
  await served.client.profiles.create({ ...RELEASE, name: 'shared' });
  const { page, troubles } = await signedIn(browser, served);
  await page.goto(`${served.url}/profiles/shared`);
  await field(page, 'Title').fill('Mine');
  await served.client.profiles.replace('shared', { ...RELEASE, name: 'shared', title: 'Theirs' });
  await page.keyboard.press('Control+s');
  const dialog = page.getByRole('dialog');
  await dialog.locator('.diff-removed').getByText('title: Theirs').waitFor();
  await dialog.locator('.diff-added').getByText('title: Mine').waitFor();
  await dialog.getByRole('button', { name: 'Go on with mine' }).click();
  expect(await field(page, 'Title').inputValue()).toBe('Mine');
  await button(page, 'Save').click();
  await dialog.getByRole('button', { name: 'Save mine over it' }).click();
  await page.getByText('shared is saved as version 3.').waitFor();
  expect((await served.client.profiles.get('shared')).title).toBe('Mine');

  await field(page, 'Title').fill('Mine again');
  await served.client.profiles.replace('shared', { ...RELEASE, name: 'shared', title: 'Theirs' });
  await button(page, 'Save').click();
  await dialog.getByRole('button', { name: 'Take theirs, drop mine' }).click();
  await page.getByRole('heading', { name: 'Theirs' }).waitFor();
  expect(await field(page, 'Title').inputValue()).toBe('Theirs');
  expect(troubles).toEqual([]);
});

it('asks before it is left with something unsaved, and has it back after a reload', async () => {
  await served.client.profiles.create({ ...RELEASE, name: 'unsaved' });
  const { page } = await signedIn(browser, served);
  await page.goto(`${served.url}/profiles/unsaved`);
  await field(page, 'Title').fill('Not yet saved');
  await page.getByText('Not saved', { exact: true }).waitFor();
  await page.getByRole('link', { name: 'Runs', exact: true }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText('Leave without saving?').waitFor();
  await dialog.getByRole('button', { name: 'Keep as it is' }).click();
  expect(page.url()).toContain('/profiles/unsaved');
  page.on('dialog', (asked) => void asked.accept());
  await page.reload();
  await page.getByText('What you had not saved is back.').waitFor();
  expect(await field(page, 'Title').inputValue()).toBe('Not yet saved');
  await page.getByRole('link', { name: 'Runs', exact: true }).click();
  await dialog.getByRole('button', { name: 'Leave and drop it' }).click();
  await page.waitForURL(/\/runs$/);
  await page.goto(`${served.url}/profiles/unsaved`);
  await page.getByRole('heading', { name: 'Release of the shop' }).waitFor();
});

it('looks the same after other forms were looked at, and they as they do without it', async () => {
  await served.client.profiles.create({ ...RELEASE, name: 'beside' });
  const { page } = await signedIn(browser, served);
  await page.goto(`${served.url}/profiles/beside`);
  await field(page, 'Title').waitFor();
  const left = async () => (await page.locator('.profile-panel').boundingBox())?.x;
  const before = await left();
  const go = async (palette: string) => {
    await page.keyboard.press('Control+k');
    await page.keyboard.type(palette);
    await page.keyboard.press('Enter');
  };
  await go('Submit a job');
  await page.getByText('It can run as it stands.').waitFor();
  await go('Secrets');
  await page.getByRole('button', { name: 'Add a secret' }).click();
  const boxes = ['Name', 'Hosts it may be sent to'].map((label) =>
    page.getByRole('dialog').getByLabel(label).boundingBox(),
  );
  const [name, hosts] = await Promise.all(boxes);
  expect(name?.x).toBe(hosts?.x);
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await go('Profiles');
  await page.getByRole('link', { name: 'Release of the shop' }).first().click();
  await field(page, 'Title').waitFor();
  await expect.poll(left).toBe(before);
});

it('takes up an earlier version again, which is saved as a new one', async () => {
  await served.client.profiles.create({ ...RELEASE, name: 'went_wrong', title: 'As it was' });
  await served.client.profiles.replace('went_wrong', {
    ...{ ...RELEASE, name: 'went_wrong', title: 'As it must not be' },
  });
  const { page, troubles } = await signedIn(browser, served);
  await page.goto(`${served.url}/profiles/went_wrong`);
  await button(page, 'More to do with it').click();
  await page.getByRole('menuitem', { name: 'Earlier versions' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Compare what is here with version 1' }).click();
  await dialog.locator('.diff-added').getByText('title: As it was').waitFor();
  await dialog.getByRole('button', { name: 'Take up version 1 again' }).click();
  await expect.poll(() => field(page, 'Title').inputValue()).toBe('As it was');
  await button(page, 'Save').click();
  await page.getByText('went_wrong is saved as version 3.').waitFor();
  expect((await served.client.profiles.get('went_wrong')).title).toBe('As it was');
  expect(troubles).toEqual([]);
});

it('is deleted once one has seen who uses it', async () => {
  await served.client.profiles.create({ ...RELEASE, name: 'unwanted' });
  await served.client.tasks.create({
    ...{ title: 'Weekly release', schedule_kind: 'cron', schedule_expr: '0 9 * * MON' },
    payload: { profile: 'unwanted', intake: { version: '1.0.0' } },
  });
  const { page } = await signedIn(browser, served);
  await page.goto(`${served.url}/profiles/unwanted`);
  await button(page, 'More to do with it').click();
  await page.getByRole('menuitem', { name: 'Delete the profile' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('link', { name: 'Weekly release' }).waitFor();
  await dialog.getByRole('button', { name: 'Delete the profile' }).click();
  await page.getByText('unwanted is deleted.').waitFor();
  await page.waitForURL(/\/profiles$/);
});

it('is edited on a telephone as a list of phases', async () => {
  await served.client.profiles.create({ ...RELEASE, name: 'pocket' });
  const { page } = await signedIn(browser, served, { viewport: { width: 390, height: 844 } });
  await page.goto(`${served.url}/profiles/pocket`);
  await partOf(page, '/phases/1').click();
  await field(page, 'Name').fill('The notes');
  await button(page, 'Back to the profile').click();
  await partOf(page, '/phases/1').getByText('The notes').waitFor();
  await button(page, 'Save').click();
  await page.getByText('pocket is saved as version 2.').waitFor();
});

it('loses nothing when the server is away', async () => {
  await served.client.profiles.create({ ...RELEASE, name: 'patient' });
  const { page } = await signedIn(browser, served);
  await page.goto(`${served.url}/profiles/patient`);
  await field(page, 'Title').fill('Written while nobody listened');
  await served.stop();
  await button(page, 'Save').click();
  await page.getByText('It was not saved; what you wrote is still here.').waitFor();
  await partOf(page, '/phases/0').click();
  await page.keyboard.press('d');
  await served.start();
  await page.getByText('Live', { exact: true }).waitFor();
  await page.locator('h1').click();
  await page.keyboard.press('Control+s');
  await page.getByText('patient is saved as version 2.').waitFor();
  const { title, phases } = await served.client.profiles.get('patient');
  expect([title, phases]).toEqual([
    'Written while nobody listened',
    ['planning', 'planning_2', 'notes', 'builds', 'announcing'],
  ]);
});
