import { describe, expect, test } from 'vitest';
import { openPage, type PageDriver } from './browser.ts';
import { stageDemo } from './stage.ts';

/** What one line of a table holds, whatever its columns are called. */
async function tableLines(page: PageDriver): Promise<string[]> {
  return (await page.last.locator('pre').first().innerText()).split('\n');
}

describe.each([
  { width: 390, theme: 'dark' },
  { width: 1_280, theme: 'light' },
] as const)('in a window of $width px', ({ width, theme }) => {
  test('a newcomer finds help, attaches everything, and sees what is slow', { timeout: 60_000 }, async () => {
    await using stage = await stageDemo();
    const { discord } = stage;
    await using page = await openPage(stage.server.url, { width, theme });

    // The hint leads to the first command.
    await page.page.locator('.hint').getByRole('button', { name: '/profiler help' }).click();
    expect(await page.page.locator('.command-name').innerText()).toBe('/profiler help');
    await page.send();
    expect(await page.last.locator('.origin .name').innerText()).toBe('owner');
    expect(await page.last.locator('.used').innerText()).toBe('/profiler help');
    expect(await page.last.locator('.embed-title').count()).toBe(1);
    expect(await page.last.locator('.only-you').innerText()).toContain('Only you can see this');

    // The bot itself says what there is to attach.
    await page.typeCommand('profiler attach');
    await (await page.option('target')).locator('input').pressSequentially('econ');
    const offered = page.page.locator('.suggestion-name');
    await expect.poll(() => offered.first().innerText()).toContain('economy');
    await page.page.keyboard.press('Enter');
    expect(await page.page.locator('.pill input').inputValue()).toContain('economy');
    await page.send();
    expect(discord.latest.name).toBe('profiler attach');
    await page.run('profiler attach', { target: 'all' });

    await (await discord.user('user2').runs('balance')).reply();
    await (await discord.user('user2').runs('queue list')).reply();
    await page.run('profiler view');
    const lines = await tableLines(page);
    expect(lines.some((line) => line.includes('balance'))).toBe(true);

    await page.choose('Sort by Impact', 'Sort by Errors');
    expect(await page.last.locator('.select').allInnerTexts()).toContain('Sort by Errors');

    await page.click('›');
    expect(await tableLines(page)).not.toEqual(lines);
    expect(page.problems).toEqual([]);
  });
});

test('a stranger is refused, and does not see what the owner was answered', { timeout: 60_000 }, async () => {
  await using stage = await stageDemo();
  await using owner = await openPage(stage.server.url);
  await owner.run('profiler help');
  await using stranger = await openPage(stage.server.url, { as: 'user1' });
  expect(await stranger.messages.count()).toBe(0);
  await stranger.run('profiler view');
  expect(await stranger.last.locator('.content').innerText()).toBe(
    'Only the owner of this bot can use this.',
  );
  expect(await owner.messages.count()).toBe(1);
  expect([...owner.problems, ...stranger.problems]).toEqual([]);
});
