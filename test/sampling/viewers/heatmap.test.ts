import { describe, expect, test } from 'vitest';
import type { Profile } from '../../../src/sampling/profile.ts';
import { heatmapPage } from '../../../src/sampling/viewers/heatmap.ts';
import { buildProfile, hostileProfile } from '../build.ts';
import { bigBot } from './big-bot.ts';
import { busyBot } from './busy-bot.ts';
import { openProfilePage, type ProfilePage } from './profile-page.ts';

const SLOW = { timeout: 90_000 };

const CODE = Array.from({ length: 400 }, (_, index) => `\tline(${index + 1}); // <b>not bold</b>`).join('\n');

function withCode(): string {
  const sources = [{ file: '/srv/bot/cogs/music.js', text: CODE }];
  return heatmapPage({ ...busyBot(), sources } satisfies Profile, { includeSource: true });
}

async function openSide({ page }: ProfilePage): Promise<void> {
  const button = page.locator('.drawer-button');
  if (await button.isVisible()) await button.click();
}

async function openFile(page: ProfilePage, name: string): Promise<void> {
  await openSide(page);
  await page.page.locator('.side .entry').filter({ hasText: name }).click();
  await page.rest();
}

async function texts(page: ProfilePage, selector: string): Promise<string[]> {
  return (await page.page.locator(selector).allInnerTexts()).map((text) =>
    text.replaceAll(/\s+/g, ' ').trim(),
  );
}

describe('the heatmap', () => {
  test('lists files by what they are part of, with their share', SLOW, async () => {
    await using page = await openProfilePage(heatmapPage(busyBot()));
    expect(await texts(page, 'summary')).toEqual([
      'Cog worker 27.5 %',
      'Cog music 11.6 %',
      'Cog levels 11 %',
      'Cog economy 4.58 %',
      'Cog odds 0.27 %',
      'Cog moderation 0 %',
      'In no file 19.1 %',
      'Package fastest-levenshtein 15.6 %',
      'Package discord.js 5.87 %',
      'Node.js 4.49 %',
      'Package ws 0 %',
    ]);
    await page.page.locator('.side input').fill('FINDsong');
    expect(await texts(page, '.side .entry')).toEqual(['cogs/music.js 11.6 %']);
    await page.page.locator('.side input').fill('no such file');
    expect(await page.page.locator('nav').innerText()).toBe('No file.');
    expect(page.problems).toEqual([]);
  });

  test('shows functions with self and total, and the lines that ran', SLOW, async () => {
    await using page = await openProfilePage(heatmapPage(busyBot()));
    await openFile(page, 'music.js');
    expect(await texts(page, '.function')).toEqual([
      'play :12 self 0.46 %, 5 ms total 31.3 %, 342 ms',
      'findSong :40 self 11.2 %, 122 ms total 26.8 %, 292 ms',
    ]);
    expect(await texts(page, '.line')).toEqual([
      '15 0.46 % 5× 5 ms',
      '44 10.1 % 110× 110 ms',
      '47 1.1 % 12× 12 ms',
    ]);
    expect(await page.page.locator('.file-head').innerText()).toContain('totals are of functions');
    const heat = async (row: number) =>
      Number(await page.page.locator('.line').nth(row).getAttribute('data-heat'));
    expect(await heat(1)).toBe(1);
    expect(await heat(2)).toBeGreaterThan(await heat(0));
    await page.choose('Colour', 'total');
    expect(await page.page.locator('.function').first().getAttribute('data-heat')).toBe('1');
    expect(await page.page.locator('.line[data-heat]').count()).toBe(0);
    expect(page.problems).toEqual([]);
  });

  test('leads from a function to its callers and what it calls', SLOW, async () => {
    await using page = await openProfilePage(heatmapPage(busyBot()));
    await openFile(page, 'music.js');
    const heading = page.page.locator('.file-head h2');
    await page.page.locator('.function').filter({ hasText: 'findSong' }).click();
    expect(await texts(page, '.neighbours .entry')).toEqual([
      'play cogs/music.js:12: 26.8 %, 292 ms',
      'levenshtein fastest-levenshtein/index.js:3: 15.6 %, 170 ms',
    ]);
    await page.page.locator('.neighbours .entry').last().click();
    expect(await heading.innerText()).toBe('/srv/bot/node_modules/fastest-levenshtein/index.js');
    await page.page.locator('.neighbours .entry').first().click();
    expect(await heading.innerText()).toBe('/srv/bot/cogs/music.js');
    expect(await page.page.locator('[aria-expanded=true]').innerText()).toContain('findSong');
    await page.page.locator('.neighbours .entry').first().click();
    expect(await texts(page, '.neighbours .entry')).toContain(
      'processTicksAndRejections process/task_queues:72: 31.3 %, 342 ms',
    );
    await page.page.locator('.function[aria-expanded=true]').click();
    expect(await page.page.locator('.neighbours').count()).toBe(0);
    expect(page.problems).toEqual([]);
  });

  test(
    'shows the code where it was asked for, leaves cold lines out, and scrolls by its map',
    SLOW,
    async () => {
      await using page = await openProfilePage(withCode());
      await openFile(page, 'music.js');
      expect(await page.page.locator('.line').count()).toBe(400);
      expect(await texts(page, '.line:not(.cold)')).toEqual([
        '15 0.46 % 5× line(15); // <b>not bold</b>',
        '44 10.1 % 110× line(44); // <b>not bold</b>',
        '47 1.1 % 12× line(47); // <b>not bold</b>',
      ]);
      expect(await page.page.locator('.file b').count()).toBe(0);
      const scrolled = async () =>
        (await page.page.evaluate('document.querySelector(".file").scrollTop')) as number;
      expect(await scrolled()).toBe(0);
      const map = (await page.page.locator('.minimap').boundingBox())!;
      await page.page.mouse.click(map.x + map.width / 2, map.y + map.height * 0.9);
      expect(await scrolled()).toBeGreaterThan(1_000);
      const heatIn = (from: number, to: number) =>
        page.page.evaluate(`(() => {
        const canvas = document.querySelector('.minimap canvas');
        const rows = [Math.floor(canvas.height * ${from}), Math.ceil(canvas.height * ${to})];
        const { data } = canvas.getContext('2d').getImageData(Math.floor(canvas.width / 2), rows[0], 1, rows[1] - rows[0]);
        return data.filter((part, index) => index % 4 === 3 && part > 0).length;
      })()`) as Promise<number>;
      expect(await heatIn(0.05, 0.15)).toBeGreaterThan(0);
      expect(await heatIn(0.3, 0.7)).toBe(0);
      await page.choose('Cold code', '0.01');
      expect(await texts(page, '.line')).toHaveLength(2);
      await page.choose('Cold code', '0.05');
      expect(await texts(page, '.line')).toEqual(['44 10.1 % 110× line(44); // <b>not bold</b>']);
      expect(page.problems).toEqual([]);
    },
  );

  test('opens what is colder than what is shown when somebody asks for it', SLOW, async () => {
    await using page = await openProfilePage(heatmapPage(busyBot()));
    await page.choose('Cold code', '0.05');
    await openFile(page, 'odds.js');
    expect(await page.page.locator('.file').innerText()).toContain('colder than what is shown');
    await page.page.locator('summary').filter({ hasText: 'Node.js' }).click();
    await page.page.locator('.side .entry').filter({ hasText: 'task_queues' }).click();
    await page.page.locator('.function').first().click();
    await page.page.locator('.neighbours .entry').filter({ hasText: 'rare0' }).first().click();
    expect(await page.page.locator('.function[aria-expanded=true]').innerText()).toContain('rare0');
    expect(await page.page.locator('.field:has(> span:text-is("Cold code")) select').inputValue()).toBe('0');
    expect(page.problems).toEqual([]);
  });

  test('can be of all the time, and says so where there is none', SLOW, async () => {
    await using page = await openProfilePage(heatmapPage(buildProfile([{ stack: ['(idle)'], times: 9 }])));
    expect(await page.page.locator('.empty').innerText()).toContain('Nothing was sampled');
    await page.choose('Time', 'wall');
    expect(await texts(page, '.function')).toEqual(['(idle) self 100 %, 9 ms total 100 %, 9 ms']);
    await page.choose('Time', 'cpu');
    expect(await page.page.locator('.function').count()).toBe(0);
    await page.page.locator('.theme').click();
    expect(page.problems).toEqual([]);
  });
});

describe.each([1_280, 360])('at %i pixels', (width) => {
  test('names and code are texts, and nothing is cut off', SLOW, async () => {
    const profile = hostileProfile();
    const sources = profile.frames.map(({ file }) => ({
      file,
      text: '</script><img src=x onerror=alert(1)>\n\u202e\n',
    }));
    await using page = await openProfilePage(heatmapPage({ ...profile, sources }, { includeSource: true }), {
      width,
    });
    expect(await page.page.locator('#app img, #app script, #app a, #app b').count()).toBe(0);
    await openSide(page);
    const groups = await page.page.locator('summary').count();
    expect(groups).toBeGreaterThan(20);
    for (let index = 0; index < groups; index++) {
      const group = page.page.locator('details').nth(index);
      if ((await group.getAttribute('open')) === null) await group.locator('summary').click();
      await group.locator('.entry').first().click();
      await page.page.locator('.function').first().click();
      expect(await page.overflowPx()).toBe(0);
      expect(await page.page.locator('.file img, .file script').count()).toBe(0);
      await openSide(page);
    }
    expect(await page.page.locator('#app').innerText()).not.toMatch(/[\u202a-\u202e\u2066-\u2069]/);
    expect(page.problems).toEqual([]);
  });

  test('sixty thousand nodes are listed and opened', SLOW, async () => {
    await using page = await openProfilePage(heatmapPage(bigBot()), { width });
    expect(await page.page.locator('.function').count()).toBeGreaterThan(100);
    await page.page.locator('.function').first().click();
    expect(await page.page.locator('.neighbours .entry').count()).toBeGreaterThan(1);
    expect(await page.overflowPx()).toBe(0);
    expect(page.problems).toEqual([]);
  });
});
