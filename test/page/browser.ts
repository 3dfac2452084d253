import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser, FileChooser, Locator, Page, Request } from 'playwright-core';
import { startChromium } from './chromium.ts';

export interface PageLook {
  /** In CSS pixels: 390 is a phone, 1280 a desktop. */
  width?: number;
  height?: number;
  theme?: 'dark' | 'light';
  /** Who to act as; default: the owner. */
  as?: string;
  /** The channel to look at; default: the page's own. */
  place?: string;
}

/** Each wait gives up after this. */
const DEADLINE_MS = 15_000;
/** As wide as a phone: then it is one, with a finger instead of a mouse. */
const WIDEST_PHONE = 600;
/** Without a change for so long, the page is taken to be at rest. */
const REST_MS = 150;
/** What has been changing for so long after everything was answered does so by itself. */
const LONGEST_CHANGE_MS = 3_000;
const LOOK_AGAIN_MS = 30;

/** Opens the demo's page in a browser of its own, which closes with it. */
export async function openPage(url: string, look: PageLook = {}): Promise<PageDriver> {
  const browser = await startChromium();
  try {
    return await PageDriver.open(browser, url, look);
  } catch (error) {
    await browser.close();
    throw error;
  }
}

/** Does what a person does with the page, and sees what they see. */
export class PageDriver {
  readonly page: Page;
  /** Errors of the page, refused resources, and requests that would have left this machine. */
  readonly problems: string[] = [];
  readonly #browser: Browser;
  /** What was sent to the server and is not answered yet. */
  #openActs = 0;

  static async open(browser: Browser, url: string, look: PageLook): Promise<PageDriver> {
    const { width = 1_280, height = width > WIDEST_PHONE ? 800 : 844, theme = 'dark', as, place } = look;
    const isPhone = width <= WIDEST_PHONE;
    const context = await browser.newContext({
      viewport: { width, height },
      deviceScaleFactor: 2,
      hasTouch: isPhone,
      isMobile: isPhone,
      locale: 'en-US',
      timezoneId: 'UTC',
      reducedMotion: 'reduce',
      acceptDownloads: true,
    });
    context.setDefaultTimeout(DEADLINE_MS);
    const driver = new PageDriver(browser, await context.newPage());
    const query = new URLSearchParams({ theme, ...(as && { as }), ...(place && { place }) });
    await driver.page.goto(`${url}?${query}`);
    await driver.page.locator('.composer').waitFor();
    await driver.rest();
    return driver;
  }

  private constructor(browser: Browser, page: Page) {
    this.#browser = browser;
    this.page = page;
    // As long as somebody listens, no dialog of the browser's own opens.
    page.on('filechooser', () => undefined);
    page.on('pageerror', (error) => this.problems.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') this.problems.push(message.text());
    });
    page.on('request', (request) => {
      const { protocol, hostname } = new URL(request.url());
      if (protocol.startsWith('http') && hostname !== '127.0.0.1') this.problems.push(request.url());
      if (isAct(request)) this.#openActs++;
    });
    page.on('requestfinished', (request) => void (isAct(request) && this.#openActs--));
    page.on('requestfailed', (request) => void (isAct(request) && this.#openActs--));
  }

  /** All messages, oldest first. */
  get messages(): Locator {
    return this.page.locator('.message');
  }

  /** The newest message. */
  get last(): Locator {
    return this.messages.last();
  }

  /**
   * Runs a slash command by typing it, and waits for its answer: `run('profiler attach', { target: 'all' })`.
   * A path in `files` is put into the option of its name.
   */
  async run(
    command: string,
    options: Readonly<Record<string, string>> = {},
    files: Readonly<Record<string, string>> = {},
  ): Promise<void> {
    await this.typeCommand(command);
    for (const [name, path] of Object.entries(files)) {
      const pill = await this.option(name);
      await this.give(path, () => pill.getByRole('button').click());
    }
    for (const [name, value] of Object.entries(options)) {
      await (await this.option(name)).locator('input').fill(value);
    }
    await this.send();
  }

  /** Gives a file, by its path or as it is, where the page asks for one. */
  async give(file: Parameters<FileChooser['setFiles']>[0], ask: () => Promise<void>): Promise<void> {
    const chooser = this.page.waitForEvent('filechooser');
    await ask();
    await (await chooser).setFiles(file);
  }

  /** Sends what is in the composer, and waits for what comes of it. */
  async send(): Promise<void> {
    await this.#causing(() => this.page.getByRole('button', { name: 'Send' }).click());
  }

  /** Types a command's name, with the space that takes it. */
  async typeCommand(command: string): Promise<void> {
    const composer = this.page.locator('.composer-text');
    await composer.click();
    await composer.fill('/');
    await this.page.locator('.suggestion').first().waitFor();
    await composer.pressSequentially(`${command} `);
    await this.page.locator('.command-line').waitFor();
  }

  /** The place where an option of the command is typed; it is added where it was not there yet. */
  async option(name: string): Promise<Locator> {
    const pill = this.page.locator(`.pill[data-option="${name}"]`);
    if ((await pill.count()) === 0) {
      await this.page.locator('.composer-tail').click();
      await this.page.locator('.composer-tail').fill(`${name}:`);
    }
    return pill;
  }

  /** Clicks on a button of the newest message that has it, and waits for what comes of it. */
  async click(label: string): Promise<void> {
    const button = this.messages.locator('.button').filter({ hasText: label }).last();
    await this.#causing(() => button.click());
  }

  /** Chooses in a select menu that shows this; several labels for a menu that takes several. */
  async choose(shown: string, ...labels: readonly string[]): Promise<void> {
    const select = this.messages.locator('.select').filter({ hasText: shown }).last();
    await select.click();
    await this.#causing(async () => {
      for (const label of labels) {
        await this.page.locator('.popout .select-item').filter({ hasText: label }).first().click();
      }
      await this.page.keyboard.press('Escape');
    });
  }

  /** Fills in the open modal by the labels of its fields, and sends it. */
  async submit(fields: Readonly<Record<string, string>>): Promise<void> {
    for (const [label, value] of Object.entries(fields)) {
      await this.page.locator('dialog').getByLabel(label).fill(value);
    }
    await this.#causing(() => this.page.locator('dialog').getByRole('button', { name: 'Submit' }).click());
  }

  /** Writes a message, and waits until it is there. */
  async say(text: string): Promise<void> {
    await this.page.locator('.composer-text').fill(text);
    await this.#causing(() => this.page.keyboard.press('Enter'));
  }

  /** A picture of what is on the screen. */
  async screenshot(path: string): Promise<void> {
    await this.rest();
    await this.page.mouse.move(0, 0);
    await this.page.screenshot({ path, animations: 'disabled', caret: 'hide' });
  }

  /**
   * Waits until everything that was done is answered, nobody is thinking, and nothing changes any more; a page
   * that goes on changing by itself is not waited for much longer.
   */
  async rest(): Promise<void> {
    let before = '';
    let busyAtMs = performance.now();
    let changedAtMs = busyAtMs;
    await until('the page comes to rest', async () => {
      const now = await this.#looks();
      const atMs = performance.now();
      const isBusy =
        this.#openActs > 0 || (await this.page.locator('.sending, .thinking, .busy').count()) > 0;
      if (isBusy) busyAtMs = atMs;
      if (isBusy || now !== before) changedAtMs = atMs;
      before = now;
      return atMs - changedAtMs > REST_MS || atMs - busyAtMs > LONGEST_CHANGE_MS;
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#browser.close();
  }

  /** Waits until the page no longer looks as it did. */
  async #causing(act: () => Promise<void>): Promise<void> {
    const before = await this.#looks();
    await act();
    await until('something comes of it', async () => (await this.#looks()) !== before);
    await this.rest();
  }

  /** All that an act can change; not the times, which change by themselves, nor what merely shows that it goes on. */
  async #looks(): Promise<string> {
    const messages = await this.page.locator('.message:not(.sending)').evaluateAll(outerTexts);
    const others = await this.page.locator('dialog, .composer-problem').evaluateAll(outerTexts);
    return [...messages, ...others].join('\n').replace(/<time.*?<\/time>| busy/g, '');
  }
}

function isAct(request: Request): boolean {
  return request.method() === 'POST';
}

function outerTexts(elements: { outerHTML: string }[]): string[] {
  return elements.map(({ outerHTML }) => outerHTML);
}

async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  const deadlineMs = performance.now() + DEADLINE_MS;
  while (!(await isSo())) {
    if (performance.now() > deadlineMs) throw new Error(`Waited ${DEADLINE_MS} ms until ${what}.`);
    await sleep(LOOK_AGAIN_MS);
  }
}
