import { ProfilerError } from '../../errors.ts';
import type { Page } from '../../render/page.ts';
import { sentence } from '../../render/text.ts';
import type { Request } from '../subcommand.ts';
import { type Menu, type MenuRequest, menuButton, type Outcome } from './menu.ts';

const MOST_ROWS = 5;
const MOST_BUTTONS = 5;

/** A page, and the menu and state that it shows, where it is one. */
export interface Drawn {
  readonly page: Page;
  readonly menu?: { readonly path: string; readonly state: string; readonly isOpened: boolean };
}

/** A page as it is, or that of a menu, under what is to be said first. */
export async function draw(
  menu: Menu | undefined,
  outcome: Outcome<string>,
  request: Request,
  isLive = false,
): Promise<Drawn> {
  if ('open' in outcome) return drawMenu(outcome.open, outcome.at, { ...request, isLive: false }, true);
  if ('to' in outcome) return drawMenu(menu!, outcome.to, { ...request, isLive }, false, outcome.notice);
  return { page: outcome };
}

async function drawMenu(
  { path, page: pageAt }: Menu,
  state: string,
  request: MenuRequest,
  isOpened: boolean,
  notice?: string,
): Promise<Drawn> {
  const page = await pageAt(state, request);
  // Files of the page before go.
  return { page: { files: [], ...noticed(page, notice) }, menu: { path, state, isOpened } };
}

/** A page with a sentence above all else. */
function noticed(page: Page, notice: string | undefined): Page {
  if (notice === undefined) return page;
  const { content, text } = page;
  return content ? { ...page, content: `${notice}\n${content}` } : { ...page, text: `${notice}\n\n${text}` };
}

/** What the owner did wrong in a menu is said above the page as it was. */
export async function orNotice(act: () => Promise<Outcome<string>>, state: string): Promise<Outcome<string>> {
  try {
    return await act();
  } catch (error) {
    if (error instanceof ProfilerError) return { to: state, notice: `⚠ ${sentence(error.message)}` };
    throw error;
  }
}

/**
 * What a menu led to leads back there.
 * @param path of that menu; undefined where there is none
 */
export function withWayBack(drawn: Drawn, path: string | undefined): Drawn {
  const rows = drawn.page.rows ?? [];
  const last = rows.at(-1) ?? [];
  if (path === undefined) return drawn;
  const back = menuButton(path, '‹ Back');
  if (rows.flat().some((component) => component.custom_id === back.custom_id)) return drawn;
  const hasRoom =
    last.length < MOST_BUTTONS && last.every(({ type }) => type === back.type) && last.length > 0;
  if (!hasRoom && rows.length === MOST_ROWS) return drawn;
  const withBack = hasRoom ? [...rows.slice(0, -1), [...last, back]] : [...rows, [back]];
  return { ...drawn, page: { ...drawn.page, rows: withBack } };
}
