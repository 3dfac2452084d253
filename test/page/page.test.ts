import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { temporaryFolder } from '../fixtures/folder.ts';
import { openPage } from './browser.ts';
import { HOSTILE } from './fixture-bot.ts';
import { stageFixture } from './stage.ts';

const SLOW = { timeout: 60_000 };

describe('messages', () => {
  test('are drawn with all of Discord’s markdown, in contents and in embeds', SLOW, async () => {
    await using stage = await stageFixture();
    await using page = await openPage(stage.server.url, { width: 390 });
    await page.run('markdown');
    for (const place of ['.content', '.embed-description']) {
      const text = page.last.locator(place);
      const inside = async (selector: string) => await text.locator(selector).allInnerTexts();
      expect(await inside('h1')).toEqual(['Heading']);
      expect(await inside('strong')).toEqual(['bold', 'both', 'text']);
      expect(await inside('em')).toEqual(['italic', 'slanted', 'both']);
      expect(await inside('u')).toEqual(['under']);
      expect(await inside('s')).toEqual(['struck']);
      expect(await inside('code.inline')).toEqual(['code']);
      expect(await inside('.subtext')).toEqual(['small print']);
      expect(await inside('blockquote')).toEqual(['quoted text']);
      expect(await inside('ul > li > ul > li')).toEqual(['inner']);
      expect(await text.locator('ol').getAttribute('start')).toBe('3');
      expect(await text.locator('a').first().getAttribute('href')).toBe('https://example.com/page');
      expect(await inside('time')).toEqual([
        'Thursday, January 1, 1970 at 12:00 AM',
        expect.stringMatching(/ago$/),
      ]);
      expect(await inside('.mention')).toEqual(['@unknown-user', '/form', '@everyone']);
      expect(await inside('pre')).toEqual(['red plain under', '+ added\n- removed\n  same']);
      expect(await inside('.bold.fg-1, .underlined.fg-6')).toEqual(['red', 'under']);
      expect(await inside('.added')).toEqual(['+ added\n']);
      expect(await text.innerText()).toContain('snake_case_name and 2 * 3 * 4 stay, as does *this*');
      const spoiler = text.locator('.spoiler');
      await spoiler.click();
      expect(await spoiler.getAttribute('class')).toBe('spoiler revealed');
    }
    expect(page.problems).toEqual([]);
  });

  test('that want to do something are only shown', SLOW, async () => {
    await using stage = await stageFixture();
    await using page = await openPage(stage.server.url);
    await page.run('hostile');
    for (const place of ['.embed-description', '.embed-field-value', '.embed-author', '.embed-footer']) {
      for (const line of HOSTILE.split('\n').filter((line) => !line.includes('`'))) {
        expect((await page.last.locator(place).innerText()).replaceAll('\n', ' ')).toContain(line);
      }
    }
    expect(await page.last.locator('.button').innerText()).toBe('<b>x</b>');
    expect(await page.last.locator('img, script, b, i, u, a[href^="javascript"], .embed svg').count()).toBe(
      0,
    );
    expect(await page.page.evaluate('globalThis.hacked')).toBeUndefined();
    expect(page.problems).toEqual([]);
  });

  test.each([
    { width: 390, fits: 37 },
    { width: 1_280, fits: 56 },
  ])(
    'have $fits characters in a line of an embed’s code block at $width px',
    SLOW,
    async ({ width, fits }) => {
      await using stage = await stageFixture();
      await using page = await openPage(stage.server.url, { width });
      const height = async (length: number) => {
        await page.run('line', { length: String(length) });
        return (await page.last.locator('pre').boundingBox())!.height;
      };
      const oneLine = await height(1);
      expect(await height(fits)).toBe(oneLine);
      expect(await height(fits + 1)).toBeGreaterThan(oneLine);
    },
  );

  test('that are thinking say so, and turn into the answer', SLOW, async () => {
    await using stage = await stageFixture();
    await using page = await openPage(stage.server.url);
    await page.typeCommand('slow');
    await page.page.keyboard.press('Enter');
    await expect.poll(() => page.last.locator('.content').innerText()).toBe('bot is thinking…');
    await page.run('release');
    expect(await page.messages.locator('.content').allInnerTexts()).toEqual(['Here it is', 'Released']);
  });

  test('come after the connection was lost, and those that were dismissed stay away', SLOW, async () => {
    await using stage = await stageFixture();
    const { discord, server } = stage;
    await using page = await openPage(server.url);
    await page.run('buttons');
    await page.last.getByRole('button', { name: 'Dismiss message' }).click();
    expect(await page.messages.count()).toBe(0);
    server.http.closeAllConnections();
    const banner = page.page.locator('#connection');
    await discord.user('user1').says('while you were away', { in: 'profiler' });
    await expect
      .poll(() => page.messages.locator('.content').allInnerTexts())
      .toEqual(['while you were away']);
    await expect.poll(() => banner.isVisible()).toBe(false);
    // And what happens from now on.
    await discord.user('user1').says('back again', { in: 'profiler' });
    await expect.poll(() => page.last.locator('.content').innerText()).toBe('back again');
  });

  test('come and go as they are written, edited and deleted by others', SLOW, async () => {
    await using stage = await stageFixture();
    await using page = await openPage(stage.server.url);
    const contents = () => page.messages.locator('.content').allInnerTexts();
    const ada = stage.discord.user('user1').in('profiler');
    const first = await ada.says(`hello ${stage.discord.owner.mention}`);
    await ada.says('second');
    await expect.poll(contents).toEqual(['hello @owner', 'second']);
    expect(await page.messages.first().getAttribute('class')).toContain('mentioned');
    // One head for both.
    expect(await page.messages.locator('.head').count()).toBe(1);
    await stage.discord.owner.reacts(first, '👍');
    await expect.poll(() => page.messages.locator('.reaction').allInnerTexts()).toEqual(['👍 1']);
    await ada.edits(first, '<b>bye</b>');
    await expect.poll(contents).toEqual(['<b>bye</b>(edited)', 'second']);
    await ada.deletes(first);
    await expect.poll(contents).toEqual(['second']);
  });
});

describe('components', () => {
  test('buttons of every style answer, and say when the bot does not', SLOW, async () => {
    await using stage = await stageFixture();
    await using page = await openPage(stage.server.url, { width: 390 });
    await page.run('buttons');
    const looks = (label: string) =>
      page.last.locator('.button').filter({ hasText: label }).getAttribute('class');
    for (const style of ['Primary', 'Secondary', 'Success', 'Danger', 'Link']) {
      expect(await looks(style)).toContain(style.toLowerCase());
    }
    expect(await page.last.getByRole('button', { name: 'Off' }).isDisabled()).toBe(true);
    expect(await page.last.getByText('Link').locator('..').getAttribute('href')).toBe('https://example.com');
    await page.click('Danger');
    expect(await page.last.locator('.content').innerText()).toBe('Clicked: danger(edited)');
    await page.click('Dead');
    expect(await page.last.locator('.failure').innerText()).toBe('This interaction failed');
    await page.click('Star');
    expect(await page.last.locator('.failure').count()).toBe(0);
    expect(page.problems).toEqual([]);
  });

  test.each([390, 1_280])('select menus take one or several at %i px', SLOW, async (width) => {
    await using stage = await stageFixture();
    await using page = await openPage(stage.server.url, { width });
    await page.run('selects');
    await page.choose('two or three', 'Drums', 'Trumpet');
    expect(await page.last.locator('.content').innerText()).toBe('Chosen: drums, trumpet(edited)');
    await page.choose('somebody', 'user2');
    expect(await page.last.locator('.content').innerText()).toBe('Chosen: user2(edited)');

    // Too few: nothing is sent. Too many cannot be chosen.
    await page.page.locator('.select').first().click();
    const items = page.page.locator('.popout .select-item');
    expect(await items.first().locator('.select-description').innerText()).toBe('Plays the bass');
    await items.nth(0).click();
    await page.page.keyboard.press('Escape');
    expect(stage.discord.served.components).toBe(2);
    await page.page.locator('.select').first().click();
    for (const index of [0, 1, 2, 3]) await items.nth(index).click();
    expect(await page.page.locator('.popout [aria-selected="true"]').count()).toBe(3);
    await page.page.keyboard.press('Escape');
    await expect
      .poll(() => page.last.locator('.content').innerText())
      .toBe('Chosen: bass, drums, piano(edited)');
  });

  test('the keyboard alone can use a select menu', SLOW, async () => {
    await using stage = await stageFixture();
    await using page = await openPage(stage.server.url);
    await page.run('selects');
    await page.page.locator('.select').last().focus();
    await page.page.keyboard.press('Enter');
    await page.page.locator('.popout .select-item').first().waitFor();
    for (const key of ['End', 'ArrowUp', 'ArrowDown', 'Enter']) await page.page.keyboard.press(key);
    await expect.poll(() => page.last.locator('.content').innerText()).toBe('Chosen: user2(edited)');
    await page.rest();
    // The focus is where it was, on what came in its place.
    expect(await page.page.locator(':focus').getAttribute('data-custom-id')).toBe('who');
  });

  test('modals are filled in, checked and sent, from a command and from a button', SLOW, async () => {
    await using stage = await stageFixture();
    await using page = await openPage(stage.server.url, { width: 390 });
    await page.run('form');
    const dialog = page.page.locator('dialog');
    expect(await dialog.locator('h2').innerText()).toBe('A form');
    expect(await dialog.getByLabel('Story').inputValue()).toBe('Once upon a time');
    await page.submit({});
    expect(await dialog.locator('.field-problem:not(:empty)').allInnerTexts()).toEqual([
      'This field is required',
      'This field is required',
    ]);
    await page.submit({ Name: 'ab' });
    expect(await dialog.locator('.field-problem').first().innerText()).toBe('Must be 3 or more in length');
    await dialog.getByLabel('Name').fill('more than ten characters');
    expect(await dialog.getByLabel('Name').inputValue()).toBe('more than ');
    expect(await dialog.locator('.counter').first().innerText()).toBe('10/10');
    await dialog.locator('.select').click();
    await page.page.locator('.popout .select-item').filter({ hasText: 'Drums' }).click();
    await page.submit({ Name: 'Max', Story: 'The end' });
    expect(await dialog.count()).toBe(0);
    expect(await page.last.locator('.content').innerText()).toBe('Filled in: Max / The end / Drums');
    expect(await page.last.locator('.used').innerText()).toBe('/form');

    await page.run('buttons');
    await page.click('Form');
    await page.page.keyboard.press('Escape');
    await expect.poll(() => dialog.count()).toBe(0);
    expect(stage.discord.served.modals).toBe(1);
    expect(page.problems).toEqual([]);
  });
});

describe('files', () => {
  test('go up with a command, and come down as they were', SLOW, async () => {
    using folder = temporaryFolder();
    const path = join(folder.path, 'notes.txt');
    const lines = Array.from({ length: 20 }, (_, index) => `line ${index + 1} <b>`);
    await writeFile(path, lines.join('\n'));
    await using stage = await stageFixture();
    await using page = await openPage(stage.server.url);
    await page.run('file', { note: 'Please keep it.' }, { file: path });
    const size = (await readFile(path)).byteLength;
    expect(await page.last.locator('.content').innerText()).toBe(
      `notes.txt has ${size} bytes. Please keep it.`,
    );
    expect(await page.last.locator('.file-label').innerText()).toBe(`copy-of-notes.txt\n${size} bytes`);

    const preview = page.last.locator('.text-file pre');
    await expect.poll(() => preview.innerText()).toBe([...lines.slice(0, 6), '…'].join('\n'));
    await page.last.locator('.file-expand').click();
    expect(await preview.innerText()).toBe(lines.join('\n'));
    // What grew later than it came is in view, too.
    const toEnd = page.page.getByRole('button', { name: 'Jump to present' });
    expect(await toEnd.isVisible()).toBe(false);
    await page.page.locator('.message-area').hover();
    await page.page.mouse.wheel(0, -400);
    await expect.poll(() => toEnd.isVisible()).toBe(true);
    await stage.discord.user('user1').says('meanwhile', { in: 'profiler' });
    await expect.poll(() => page.last.locator('.content').innerText()).toBe('meanwhile');
    expect(await toEnd.isVisible()).toBe(true);
    await toEnd.click();
    await expect.poll(() => toEnd.isVisible()).toBe(false);

    const downloading = page.page.waitForEvent('download');
    await page.page.locator('.file-download').click();
    const download = await downloading;
    expect(download.suggestedFilename()).toBe('copy-of-notes.txt');
    expect(await readFile(await download.path())).toEqual(await readFile(path));
    expect(page.problems).toEqual([]);
  });

  test('are chosen with the keyboard, and refused where they are too large', SLOW, async () => {
    await using stage = await stageFixture();
    await using page = await openPage(stage.server.url);
    await page.typeCommand('file');
    const choose = (sizeBytes: number) =>
      page.give({ name: 'a.bin', mimeType: '', buffer: Buffer.alloc(sizeBytes) }, () =>
        page.page.keyboard.press('Enter'),
      );
    await choose(10 * 2 ** 20 + 1);
    const problem = page.page.locator('.composer-problem');
    await expect.poll(() => problem.innerText()).toBe('The file is too large: 10 MB are the most.');
    await choose(3);
    await expect.poll(() => page.page.locator('.pill input').inputValue()).toBe('a.bin (3 bytes)');
    expect(await problem.isVisible()).toBe(false);
    await page.page.keyboard.press('Enter');
    await expect.poll(() => page.last.locator('.content').innerText()).toBe('a.bin has 3 bytes.');
  });

  test('go up with a message, and pictures are shown', SLOW, async () => {
    await using stage = await stageFixture();
    await using page = await openPage(stage.server.url);
    await page.give({ name: 'data.bin', mimeType: '', buffer: Buffer.alloc(2_048) }, () =>
      page.page.getByRole('button', { name: 'Add a file' }).click(),
    );
    await page.page.locator('.composer-file').waitFor();
    await page.say('look');
    expect(await page.last.locator('.file-label').innerText()).toBe('data.bin\n2.00 KB');
    await page.run('picture');
    const picture = page.last.locator('.embed-picture img');
    expect(await picture.getAttribute('src')).toMatch(/^cdn\//);
    await expect
      .poll(() => picture.evaluate((image) => (image as unknown as { naturalWidth: number }).naturalWidth))
      .toBe(1);
    expect(page.problems).toEqual([]);
  });
});

test('the visitor changes who they are, where they are, and how it looks', SLOW, async () => {
  await using stage = await stageFixture();
  await using page = await openPage(stage.server.url);
  await page.say('from the owner');
  await page.page.getByLabel('Act as').selectOption('user1');
  await page.page.locator('.user-panel .avatar', { hasText: 'U' }).waitFor();
  await page.say('from a member');
  expect(await page.messages.locator('.name').allInnerTexts()).toEqual(['owner', 'user1']);
  await page.page.getByRole('button', { name: 'general' }).click();
  await page.page.locator('.channel-header h1', { hasText: 'general' }).waitFor();
  expect(await page.messages.count()).toBe(0);
  await page.page.getByRole('button', { name: 'Direct messages' }).click();
  await page.page.locator('.channel-header h1', { hasText: 'bot' }).waitFor();
  await page.run('line', { length: '3' });
  expect(await page.last.locator('pre').innerText()).toBe('123');
  // A reload stays there, with the same look.
  await page.page.getByRole('button', { name: 'Light or dark' }).click();
  await page.page.goto(page.page.url().replace(/theme=\w+&?/, ''));
  await page.last.locator('pre').waitFor();
  expect(await page.page.locator('html').getAttribute('data-theme')).toBe('light');
  expect(await page.page.getByLabel('Act as').inputValue()).toBe('user1');
  expect(page.problems).toEqual([]);
});
