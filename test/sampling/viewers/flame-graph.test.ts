import { describe, expect, test } from 'vitest';
import { comparisonPage, flameGraphPage } from '../../../src/sampling/viewers/flame-graph.ts';
import { buildProfile, hostileProfile, samplesOf } from '../build.ts';
import { bigBot } from './big-bot.ts';
import { busyBot, changedBot } from './busy-bot.ts';
import { openProfilePage, type ProfilePage } from './profile-page.ts';

const SLOW = { timeout: 90_000 };
const WIDTHS = [1_280, 360];

const SKY = '#56b4e9';

/** What stands in the tooltip beside the mouse, or at the foot of the page. */
function details({ page }: ProfilePage) {
  return page.locator('.details');
}

async function hover({ flame, page }: ProfilePage, share: number, row: number): Promise<void> {
  const box = (await flame.boundingBox())!;
  await page.mouse.move(box.x + box.width * share, box.y + (row + 0.5) * 22);
}

async function openSide({ page }: ProfilePage): Promise<void> {
  const button = page.locator('.drawer-button');
  if (await button.isVisible()) await button.click();
}

describe('the flame graph', () => {
  test('has the figures of the recording beside it', SLOW, async () => {
    await using page = await openProfilePage(flameGraphPage(busyBot()));
    expect(await page.status).toMatch(/^CPU: without idle\. 1,118 samples, 1\.09 s of 11\.9 s recorded\./);
    expect(await page.status).toContain('under 0.1 % of the picture is drawn as one box');
    const side = await page.page.locator('.side').innerText();
    expect(side).toMatch(/JavaScript\s+7\.39 %\s+883 ms/);
    expect(side).toMatch(/native code\s+1\.41 %\s+168 ms/);
    expect(side).toMatch(/garbage collection\s+0\.33 %\s+40 ms/);
    expect(side).toMatch(/idle\s+90\.9 %\s+10\.8 s/);
    expect(side).toContain('2 stalls of the loop, the longest 170 ms.');
    expect(side).toMatch(/music\s+31\.3 ± 2\.7 %\s+342 ms/);
    expect(side).toContain('music/command/play\n342 ms on the loop, 2 calls in 3 s');
    expect(side).toContain('encode\ncogs/worker.js:9\nself 27.5 %, total 27.5 %');
    expect(side).toContain('11,968, one each 1 ms asked for');
    expect(page.problems).toEqual([]);
  });

  test('tells all of a box under the mouse', SLOW, async () => {
    const sources = [{ file: '/srv/bot/cogs/music.js', text: Array(60).fill('  slow();').join('\n') }];
    const html = flameGraphPage({ ...busyBot(), sources }, { includeSource: true });
    await using page = await openProfilePage(html);
    await hover(page, 0.1, 3);
    const text = await details(page).innerText();
    expect(text).toMatch(/^findSong\n\/srv\/bot\/cogs\/music\.js:40\ncog music\n/);
    expect(text).toMatch(/Total\s+292 ms, 26\.8 ± 2\.6 %, 292 samples/);
    expect(text).toMatch(/Self\s+122 ms, 11\.2 ± 1\.8 %, 122 samples/);
    expect(text).toMatch(/Hottest line\s+44, in 90\.2 % of its own samples/);
    expect(text).toMatch(/On behalf of\s+music\/command\/play 100 %/);
    expect(text).toMatch(/slow\(\);$/);
    await hover(page, 0.5, 20);
    expect(await details(page).isHidden()).toBe(true);
    expect(page.problems).toEqual([]);
  });

  test('zooms in by click, and back by the way above it', SLOW, async () => {
    await using page = await openProfilePage(flameGraphPage(busyBot()));
    const box = (await page.flame.boundingBox())!;
    const click = (share: number, row: number) =>
      page.page.mouse.click(box.x + box.width * share, box.y + (row + 0.5) * 22);
    await click(0.1, 3);
    expect(await page.crumbs).toEqual(['all', 'music', 'music/command/play', 'play', 'findSong']);
    await hover(page, 0.55, 1);
    expect(await details(page).innerText()).toMatch(/^levenshtein\n/);
    // What it is zoomed to leads out.
    await click(0.5, 0);
    expect(await page.crumbs).toEqual(['all', 'music', 'music/command/play', 'play']);
    await page.page.locator('.crumbs button').nth(1).click();
    expect(await page.crumbs).toEqual(['all', 'music']);
    await page.page.keyboard.press('Escape');
    expect(await page.crumbs).toEqual(['all']);
    expect(page.problems).toEqual([]);
  });

  test('is used with the keyboard alone', SLOW, async () => {
    await using page = await openProfilePage(flameGraphPage(busyBot()));
    const { keyboard } = page.page;
    const name = async () => (await details(page).locator('.details-name').innerText()).trim();
    await page.flame.focus();
    await keyboard.press('ArrowDown');
    const first = await name();
    expect(first).toBe('music');
    await keyboard.press('ArrowRight');
    expect(await name()).toBe('worker');
    await keyboard.press('ArrowLeft');
    for (const key of ['ArrowDown', 'ArrowDown', 'ArrowDown']) await keyboard.press(key);
    expect(await name()).toBe('findSong');
    expect(await page.page.locator('[aria-live]').innerText()).toContain('26.8 ± 2.6 %');
    await keyboard.press('Enter');
    expect((await page.crumbs).at(-1)).toBe('findSong');
    await keyboard.press('Backspace');
    expect((await page.crumbs).at(-1)).toBe('play');
    await keyboard.press('/');
    await keyboard.type('xpOf/');
    expect(await page.page.locator('.search input').inputValue()).toBe('xpOf/');
    await keyboard.press('Escape');
    expect(await page.page.locator('.search input').inputValue()).toBe('');
    await keyboard.press('Escape');
    expect(await page.crumbs).toEqual(['all']);
    // With its root at the bottom, up is in.
    await page.check('Begin at the bottom', true);
    await page.flame.focus();
    await keyboard.press('ArrowUp');
    await keyboard.press('ArrowUp');
    expect(await name()).toBe('music/command/play');
    expect(page.problems).toEqual([]);
  });

  test('finds by name, by line and by cog, and says how much of the time that is', SLOW, async () => {
    await using page = await openProfilePage(flameGraphPage(busyBot()));
    const before = await page.colourAt(0.4, 0);
    expect(await page.search('findsong')).toMatch(/^1 function, 26\.8 ± 2\.6 % of the time$/);
    await page.rest();
    // What is not it steps back.
    expect(await page.colourAt(0.4, 0)).not.toBe(before);
    expect(await page.search('music.js:44')).toMatch(/^1 function, 26\.8 ± /);
    expect(await page.search('cog:levels')).toMatch(/^5 functions, 18\.3 ± /);
    expect(await page.search('nothing like it')).toBe('nothing found');
    await page.page.locator('.entry').filter({ hasText: 'encode' }).click();
    expect(await page.page.locator('.search input').inputValue()).toBe('cogs/worker.js:9');
    expect(page.problems).toEqual([]);
  });

  test(
    'shows another part of the time, one thread, shard or cog, upside down and inside out',
    SLOW,
    async () => {
      await using page = await openProfilePage(flameGraphPage(busyBot()));
      for (const [mode, samples, time] of [
        ['wall', '11,968', '11.9 s'],
        ['loop', '950', '923 ms'],
        ['no-gc', '1,078', '1.05 s'],
        ['cpu', '1,118', '1.09 s'],
      ] as const) {
        await page.choose('Time', mode);
        expect(await page.status).toContain(`${samples} samples, ${time} of 11.9 s`);
      }
      await page.choose('Thread', '2');
      expect(await page.status).toContain('50 samples, 50 ms of 950 ms'.replace('950 ms', '1 s'));
      await page.choose('Thread', '');
      await page.choose('Shard', '0');
      expect(await page.status).toContain('1,068 samples');
      await page.choose('Cog', '=music');
      expect(await page.status).toContain('292 samples');
      await page.choose('Shard', '');
      await page.choose('Group by', 'nothing');
      await hover(page, 0.1, 0);
      expect(await details(page).locator('.details-name').innerText()).toBe('play');
      await page.check('folded', false);
      await hover(page, 0.1, 0);
      expect(await details(page).locator('.details-name').innerText()).toBe('processTicksAndRejections');
      await page.check('Inverted', true);
      await hover(page, 0.1, 0);
      expect(await details(page).locator('.details-name').innerText()).toBe('levenshtein');
      await page.check('Begin at the bottom', true);
      const box = (await page.flame.boundingBox())!;
      await page.page.mouse.move(box.x + box.width * 0.1, box.y + box.height - 10);
      expect(await details(page).locator('.details-name').innerText()).toBe('levenshtein');
      expect(page.problems).toEqual([]);
    },
  );

  test('keeps where it is zoomed to when another part of the time is shown', SLOW, async () => {
    await using page = await openProfilePage(flameGraphPage(busyBot()));
    await hover(page, 0.1, 3);
    await page.page.mouse.down();
    await page.page.mouse.up();
    await page.choose('Time', 'wall');
    expect(await page.crumbs).toEqual(['all', 'music', 'music/command/play', 'play', 'findSong']);
    await page.choose('Cog', '=levels');
    expect(await page.crumbs).toEqual(['all']);
    expect(page.problems).toEqual([]);
  });

  test('draws what is small as one box, as small as was chosen', SLOW, async () => {
    await using page = await openProfilePage(flameGraphPage(busyBot()));
    await page.choose('Small boxes', '0.01');
    expect(await page.status).toContain('under 1 % of the picture');
    await page.choose('Group by', 'nothing');
    await hover(page, 0.999, 0);
    expect(await details(page).innerText()).toMatch(/^… 31 small\s+31 functions, each under what is drawn/);
    // Too narrow to be seen at all, until there is less beside it.
    await page.choose('Small boxes', '0');
    await hover(page, 0.999, 0);
    expect(await details(page).innerText()).toMatch(/^… 30 small/);
    await page.choose('Cog', '=odds');
    await hover(page, 0.999, 0);
    expect(await details(page).innerText()).toMatch(/^rare\d/);
    expect(page.problems).toEqual([]);
  });

  test('is dark or light as the system is, until the button is used, and remembers it', SLOW, async () => {
    for (const theme of ['dark', 'light'] as const) {
      await using page = await openProfilePage(flameGraphPage(busyBot()), { theme });
      const { page: window } = page;
      const brightness = async () =>
        (await window.evaluate(
          'getComputedStyle(document.body).backgroundColor.match(/[0-9]+/g).map(Number)[0]',
        )) as number;
      const isDark = () => expect.poll(async () => (await brightness()) < 128);
      await isDark().toBe(theme === 'dark');
      await window.locator('.theme').click();
      await isDark().toBe(theme !== 'dark');
      await window.reload();
      await window.locator('main').waitFor();
      await isDark().toBe(theme !== 'dark');
      expect(page.problems).toEqual([]);
    }
  });

  test('colours by cog or by kind', SLOW, async () => {
    await using page = await openProfilePage(flameGraphPage(busyBot()));
    expect(await page.colourAt(0.002, 2)).toBe('#cc79a7');
    expect(await page.colourAt(0.002, 4)).toBe('#b3bac6');
    await page.choose('Colours', 'kind');
    expect(await page.colourAt(0.002, 2)).toBe(SKY);
    expect(await page.colourAt(0.002, 4)).toBe('#e69f00');
    expect(page.problems).toEqual([]);
  });

  test('is saved as an SVG that opens by itself', SLOW, async () => {
    await using page = await openProfilePage(flameGraphPage(hostileProfile()));
    await page.choose('Time', 'wall');
    const { name, text } = await page.saved(() => page.page.getByRole('button', { name: 'SVG' }).click());
    expect(name).toMatch(/^[\w-]+-flame-graph\.svg$/);
    const parsed = await page.page.evaluate((svg: string) => {
      const scope = globalThis as unknown as {
        DOMParser: new () => { parseFromString(a: string, b: string): unknown };
      };
      const root = new scope.DOMParser().parseFromString(svg, 'image/svg+xml') as {
        documentElement: { nodeName: string };
        querySelectorAll(selector: string): { length: number };
      };
      return {
        root: root.documentElement.nodeName,
        boxes: root.querySelectorAll('g > rect').length,
        titles: root.querySelectorAll('title').length,
        strange: root.querySelectorAll('script, img, image, foreignObject, a, parsererror').length,
      };
    }, text);
    expect(parsed).toMatchObject({ root: 'svg', strange: 0 });
    expect(parsed.boxes).toBeGreaterThan(20);
    expect(parsed.titles).toBe(parsed.boxes);
    expect(page.problems).toEqual([]);
    await using alone = await openProfilePage(
      `<!doctype html><main>alone</main>${text.replace(/^<\?xml.*\n/, '')}`,
    );
    const box = (await alone.page.locator('svg').boundingBox())!;
    expect(box.width).toBe(1_200);
    expect(alone.problems).toEqual([]);
  });

  test('says so where there is nothing to draw', SLOW, async () => {
    await using none = await openProfilePage(flameGraphPage(buildProfile([])));
    expect(await none.page.locator('.empty').innerText()).toBe(
      'There are no samples: nothing was recorded here.',
    );
    await none.saved(() => none.page.getByRole('button', { name: 'SVG' }).click());
    await using idle = await openProfilePage(flameGraphPage(buildProfile([{ stack: ['(idle)'], times: 9 }])));
    expect(await idle.page.locator('.empty').innerText()).toContain('choose “Wall”');
    await idle.choose('Time', 'wall');
    expect(await idle.page.locator('.empty').isHidden()).toBe(true);
    expect([...none.problems, ...idle.problems]).toEqual([]);
  });
});

describe.each(WIDTHS)('at %i pixels', (width) => {
  test('names are texts and nothing else', SLOW, async () => {
    await using page = await openProfilePage(flameGraphPage(hostileProfile()), { width });
    await page.page.evaluate('globalThis.alert = () => { throw new Error("alerted") }');
    expect(await page.page.locator('#app img, #app script, #app a, #app b, #app iframe').count()).toBe(0);
    await openSide(page);
    await page.choose('Time', 'wall');
    await page.check('folded', false);
    const side = await page.page.locator('.side').innerText();
    expect(side).toContain('<img src=x onerror=alert(1)>');
    expect(side).toContain('\\u{202e}gnitirw');
    expect(side).not.toMatch(/[\u202a-\u202e\u2066-\u2069]/);
    await page.page.keyboard.press('Escape');
    await page.flame.focus();
    // Every box of the first row and what is below it is looked at, and zoomed into.
    for (let step = 0; step < 24; step++) {
      await page.page.keyboard.press('ArrowRight');
      expect(await page.page.locator('.details img, .details script').count()).toBe(0);
      expect(await page.overflowPx()).toBe(0);
    }
    await page.page.keyboard.press('Enter');
    expect(await page.search('</script><img onerror>')).toBe('nothing found');
    expect(await page.overflowPx()).toBe(0);
    expect(page.problems).toEqual([]);
  });

  test('sixty thousand nodes are drawn, searched and zoomed', SLOW, async () => {
    const profile = bigBot();
    await using page = await openProfilePage(flameGraphPage(profile), { width });
    expect(await page.status).toContain(`${samplesOf(profile).toLocaleString('en')} samples`);
    expect(await page.search('function123')).toMatch(/^\d+ functions, /);
    await openSide(page);
    await page.choose('Small boxes', '0');
    await page.check('folded', false);
    await page.check('Inverted', true);
    await page.page.keyboard.press('Escape');
    await page.flame.focus();
    await page.page.keyboard.press('ArrowDown');
    await page.page.keyboard.press('ArrowDown');
    await page.page.keyboard.press('Enter');
    expect((await page.crumbs).length).toBeGreaterThan(1);
    expect(page.problems).toEqual([]);
  });

  test('nothing is cut off, and all that is touched is large enough', SLOW, async () => {
    await using page = await openProfilePage(flameGraphPage(busyBot()), { width });
    expect(await page.overflowPx()).toBe(0);
    await openSide(page);
    const small = (await page.page.evaluate(`
      [...document.querySelectorAll('button, select, input:not([type=checkbox]), label.check')]
        .filter((one) => one.checkVisibility())
        .map((one) => ({ text: one.textContent.slice(0, 30), box: one.getBoundingClientRect() }))
        .filter(({ box }) => box.height < ${width < 600 ? 40 : 28} || box.right > innerWidth + 0.5 || box.left < -0.5)
        .map(({ text, box }) => text + ' ' + JSON.stringify(box))
    `)) as string[];
    expect(small).toEqual([]);
    if (width < 600) {
      const drawer = (await page.page.locator('.side').boundingBox())!;
      expect(drawer).toMatchObject({ x: 0 });
      expect(drawer.width).toBeLessThan(width);
      await page.page.mouse.click(350, 400);
      expect(await page.page.locator('.side').isVisible()).toBe(false);
    }
    expect(page.problems).toEqual([]);
  });
});

test('a tap tells, and a button below it zooms', SLOW, async () => {
  await using page = await openProfilePage(flameGraphPage(busyBot()), { width: 360 });
  const box = (await page.flame.boundingBox())!;
  const tap = (share: number, row: number) =>
    page.page.touchscreen.tap(box.x + box.width * share, box.y + (row + 0.5) * 34);
  await tap(0.1, 3);
  expect(await details(page).innerText()).toMatch(/^findSong\n/);
  expect(await page.crumbs).toEqual(['all']);
  await details(page).getByRole('button', { name: 'Zoom' }).tap();
  expect((await page.crumbs).at(-1)).toBe('findSong');
  expect(await details(page).isHidden()).toBe(true);
  await tap(0.1, 1);
  await details(page).getByRole('button', { name: 'Find all' }).tap();
  expect(await page.page.locator('.found').innerText()).toMatch(/^1 function/);
  expect(page.problems).toEqual([]);
});

test('a comparison says by colour and in words what changed, and shows what is gone', SLOW, async () => {
  await using page = await openProfilePage(comparisonPage(busyBot(), changedBot()));
  await page.choose('Group by', 'nothing');
  await hover(page, 0.05, 0);
  expect(await details(page).innerText()).toMatch(
    /Before\s+[\d.]+ ms of a second[\s\S]*Now\s+[\d.]+ ms of a second/,
  );
  expect(await page.page.locator('.legend').innerText()).toMatch(
    /▲ slower\s+▼ faster\s+\+ new\s+− gone\s+noise/,
  );
  await page.choose('Compared', 'gone');
  expect(await page.status).toMatch(/45 samples, 45 ms of 11\.9 s recorded/);
  await hover(page, 0.5, 1);
  expect(await details(page).innerText()).toMatch(/^readFileSync[\s\S]*Change\s+gone/);
  expect(await page.colourAt(0.01, 1)).toBe('#d9b44a');
  expect(await page.colourAt(0.01, 0)).toBe('#b3bac6');
  expect(page.problems).toEqual([]);
});
