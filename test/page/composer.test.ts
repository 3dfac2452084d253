import { describe, expect, test } from 'vitest';
import { openPage, type PageDriver } from './browser.ts';
import { stageFixture } from './stage.ts';

const SLOW = { timeout: 60_000 };

async function offered(page: PageDriver): Promise<string[]> {
  return page.page.locator('.suggestions:visible .suggestion-name').allInnerTexts();
}

describe('the line for commands', () => {
  test('offers what fits, and is used with the keyboard alone', SLOW, async () => {
    await using stage = await stageFixture();
    await using page = await openPage(stage.server.url);
    const { keyboard } = page.page;
    await keyboard.type('/');
    await expect.poll(async () => (await offered(page)).length).toBeGreaterThan(8);
    await keyboard.type('se');
    await expect.poll(() => offered(page)).toEqual(['/selects', '/release']);
    await keyboard.press('Escape');
    expect(await offered(page)).toEqual([]);
    await keyboard.press('Escape');
    expect(await page.page.locator('.composer-text').inputValue()).toBe('');

    await keyboard.type('/num');
    await expect.poll(async () => (await offered(page)).length).toBe(1);
    await keyboard.press('Tab');
    // What is required stands there at once; what is not comes when it is asked for.
    expect(await page.page.locator('.pill-name').allInnerTexts()).toEqual(['count']);
    await keyboard.type('3');
    await keyboard.press('Tab');
    expect(await offered(page)).toEqual(['share', 'loud', 'who', 'size']);
    await keyboard.press('ArrowUp');
    await keyboard.press('Enter');
    expect(await offered(page)).toEqual(['Small one', 'Large one']);
    await keyboard.press('ArrowDown');
    await keyboard.press('Enter');
    await keyboard.type('loud');
    await keyboard.press('Enter');
    await keyboard.type('fal');
    await keyboard.press('Enter');
    await keyboard.type('who:');
    await expect.poll(() => offered(page)).toContain('user2');
    await keyboard.type('user2');
    await expect.poll(() => offered(page)).toEqual(['user2']);
    await keyboard.press('Enter');
    await keyboard.press('Enter');
    await expect
      .poll(() => page.last.locator('.content').innerText())
      .toBe(
        JSON.stringify([
          ['count', 3],
          ['loud', false],
          ['who', 'user2'],
          ['size', 'l'],
        ]),
      );
    expect(page.problems).toEqual([]);
  });

  test.each([
    ['count', '', 'count: This option is required. Specify a value.'],
    ['count', 'x', 'count: Input a whole number.'],
    ['count', '1.5', 'count: Input a whole number.'],
    ['count', '0', 'count: Input a number of at least 1.'],
    ['count', '6', 'count: Input a number of at most 5.'],
    ['size', 'medium', 'size: Choose one of the list.'],
    ['who', 'nobody', 'who: Choose one of the list.'],
  ])('does not send %s as "%s"', SLOW, async (option, text, problem) => {
    await using stage = await stageFixture();
    await using page = await openPage(stage.server.url, { width: 390 });
    await page.run('numbers', { count: '5', [option]: text });
    expect(await page.page.locator('.composer-problem').innerText()).toBe(problem);
    expect(await page.page.locator('.pill.wrong .pill-name').innerText()).toBe(option);
    expect(stage.discord.served.interactions).toEqual({});
  });

  test('takes a choice whose name is typed whole', SLOW, async () => {
    await using stage = await stageFixture();
    await using page = await openPage(stage.server.url, { width: 390 });
    await page.run('numbers', { count: '5', loud: 'True', size: 'small one' });
    expect(await page.last.locator('.content').innerText()).toBe('[["count",5],["loud",true],["size","s"]]');
  });

  test('takes a whole command that is pasted, and gives it up again', SLOW, async () => {
    await using stage = await stageFixture();
    await using page = await openPage(stage.server.url);
    const text = page.page.locator('.composer-text');
    await text.fill('/');
    await expect.poll(async () => (await offered(page)).length).toBeGreaterThan(8);
    await text.fill('/numbers count:4 size:Small one');
    await page.page.locator('.command-line').waitFor();
    expect(
      await page.page
        .locator('.pill input')
        .evaluateAll((inputs) => inputs.map((input) => (input as unknown as { value: string }).value)),
    ).toEqual(['4', 'Small one']);
    await page.send();
    expect(await page.last.locator('.content').innerText()).toBe('[["count",4],["size","s"]]');

    await page.typeCommand('numbers');
    await page.page.keyboard.press('Backspace');
    expect(await text.inputValue()).toBe('/numbers');
    await text.fill('/nothing like it');
    await page.page.keyboard.press('Enter');
    await expect.poll(() => page.last.locator('.content').innerText()).toBe('/nothing like it');
  });

  test('says when the bot does not answer', SLOW, async () => {
    await using stage = await stageFixture();
    await using page = await openPage(stage.server.url);
    await page.run('dead');
    expect(await page.last.locator('.failure').innerText()).toBe('The application did not respond');
    await page.last.getByRole('button', { name: 'Dismiss message' }).click();
    expect(await page.messages.count()).toBe(0);
    // A bot that does not answer an autocomplete, either.
    await page.typeCommand('guess');
    await page.page.keyboard.type('mute');
    await expect
      .poll(() => page.page.locator('.suggestions-note').innerText(), { timeout: 10_000 })
      .toBe('Loading options failed');
  });

  test('asks the bot for choices with everything that is typed, once in a while', SLOW, async () => {
    await using stage = await stageFixture();
    await using page = await openPage(stage.server.url);
    await page.typeCommand('guess');
    await expect.poll(() => offered(page)).toEqual(['"" of undefined']);
    const before = stage.discord.served.autocompletes;
    await page.page.keyboard.type('abcdef');
    await expect.poll(() => offered(page)).toEqual(['"abcdef" of undefined']);
    expect(stage.discord.served.autocompletes - before).toBeLessThan(6);
    await page.page.keyboard.press('Enter');
    await page.page.keyboard.type('kind:');
    await page.page.keyboard.type('jazz');
    await page.page.locator('.pill input').first().fill('x');
    await expect.poll(() => offered(page)).toEqual(['"x" of jazz']);
    await page.page.keyboard.press('Enter');
    await page.send();
    expect(await page.last.locator('.content').innerText()).toBe('guessed x!');
  });
});
