import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, Locator, Page } from 'playwright-core';
import { temporaryFolder } from '../../fixtures/folder.ts';
import { startChromium } from '../../page/chromium.ts';

export interface Look {
  /** In CSS pixels: 360 is a phone, with a finger instead of a mouse. */
  readonly width?: number;
  readonly theme?: 'dark' | 'light';
}

/** Drawing sixty thousand nodes takes its time on a busy machine. */
const DEADLINE_MS = 20_000;
const WIDEST_PHONE = 600;

/** Opens a page from a disk, as its reader does. */
export async function openProfilePage(html: string, look: Look = {}): Promise<ProfilePage> {
  const browser = await startChromium();
  try {
    return await ProfilePage.open(browser, html, look);
  } catch (error) {
    await browser.close();
    throw error;
  }
}

export class ProfilePage implements AsyncDisposable {
  readonly page: Page;
  /** Errors of the page, what its policy refused, dialogs, and whatever it asked of anybody. */
  readonly problems: string[] = [];
  readonly #browser: Browser;
  readonly #folder: ReturnType<typeof temporaryFolder>;

  static async open(browser: Browser, html: string, { width = 1_280, theme = 'dark' }: Look) {
    const isPhone = width <= WIDEST_PHONE;
    const context = await browser.newContext({
      viewport: { width, height: isPhone ? 740 : 800 },
      deviceScaleFactor: isPhone ? 2 : 1,
      hasTouch: isPhone,
      isMobile: isPhone,
      colorScheme: theme,
      locale: 'en-US',
      timezoneId: 'UTC',
      reducedMotion: 'reduce',
      acceptDownloads: true,
    });
    context.setDefaultTimeout(DEADLINE_MS);
    const folder = temporaryFolder();
    const driver = new ProfilePage(browser, await context.newPage(), folder);
    const path = join(folder.path, 'profile.html');
    await writeFile(path, html);
    await driver.page.goto(`file://${path}`);
    await driver.page.locator('main').waitFor();
    await driver.rest();
    return driver;
  }

  private constructor(browser: Browser, page: Page, folder: ReturnType<typeof temporaryFolder>) {
    this.#browser = browser;
    this.#folder = folder;
    this.page = page;
    page.on('pageerror', (error) => this.problems.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') this.problems.push(message.text());
    });
    page.on('dialog', async (dialog) => {
      this.problems.push(`dialog: ${dialog.message()}`);
      await dialog.dismiss();
    });
    page.on('request', (request) => {
      const isOwn = request.url().startsWith(`file://${folder.path}/`) || request.url().startsWith('blob:');
      if (!isOwn) this.problems.push(`request: ${request.url().slice(0, 200)}`);
    });
  }

  get flame(): Locator {
    return this.page.locator('.flame');
  }

  get status(): Promise<string> {
    return this.page.locator('.status').innerText();
  }

  /** Where the picture begins, from the outermost on. */
  get crumbs(): Promise<string[]> {
    return this.page.locator('.crumbs button').allInnerTexts();
  }

  /** Until what was asked for is drawn. */
  async rest(): Promise<void> {
    await this.page.evaluate(
      'new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))',
    );
  }

  async choose(title: string, value: string): Promise<void> {
    await this.page.locator(`.field:has(> span:text-is("${title}")) select`).selectOption(value);
    await this.rest();
  }

  async check(title: string, isOn: boolean): Promise<void> {
    await this.page.locator('.check').filter({ hasText: title }).locator('input').setChecked(isOn);
    await this.rest();
  }

  async search(query: string): Promise<string> {
    await this.page.locator('.search input').fill(query);
    await this.page.keyboard.press('Enter');
    await this.rest();
    return await this.page.locator('.found').innerText();
  }

  /** The colour of a pixel of the picture, as `#rrggbb`: at a share of its width, in the middle of a row. */
  async colourAt(share: number, row: number): Promise<string> {
    return await this.page.evaluate(
      `(() => {
        const canvas = document.querySelector('.flame canvas');
        const row = matchMedia('(pointer: coarse)').matches ? 34 : 22;
        const at = [Math.floor(canvas.width * ${share}), Math.floor((${row} * row + 2) * devicePixelRatio)];
        const [red, green, blue] = canvas.getContext('2d').getImageData(at[0], at[1], 1, 1).data;
        return '#' + [red, green, blue].map((part) => part.toString(16).padStart(2, '0')).join('');
      })()`,
    );
  }

  /** What is saved by a click, as text. */
  async saved(click: () => Promise<void>): Promise<{ name: string; text: string }> {
    const download = this.page.waitForEvent('download');
    await click();
    const file = await download;
    const path = join(this.#folder.path, 'saved');
    await file.saveAs(path);
    return { name: file.suggestedFilename(), text: await readFile(path, 'utf8') };
  }

  /** How much wider the page is than the window: nothing may stand beside it. */
  async overflowPx(): Promise<number> {
    return await this.page.evaluate('document.documentElement.scrollWidth - innerWidth');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#browser.close();
    this.#folder[Symbol.dispose]();
  }
}
