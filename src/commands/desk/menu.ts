import type { APIButtonComponentWithCustomId, APIStringSelectComponent } from 'discord.js';
import type { Page } from '../../render/page.ts';
import type { Request } from '../subcommand.ts';
import { componentId } from './component-id.ts';
import type { Form } from './form.ts';
import { type ButtonLook, button, type Entry, type SelectLook, select } from './widgets.ts';

/** What a menu remembers between two clicks: it is written into the custom ids, where there is room for 60 characters. */
export type MenuState = Readonly<Record<string, string | number | boolean>>;

/**
 * What something leads to: a state of the menu, with a sentence about what was done; another menu; or a page of its
 * own.
 */
export type Outcome<State> =
  | { readonly to: State; readonly notice?: string }
  | { readonly open: Menu; readonly at: string }
  | Page;

/** What was chosen in a select menu, or what the button carries. */
type Chosen = readonly string[];

/** What a component does. It may change the bot; what it throws is shown above the page as it was. */
export type Act<State> = (
  state: State,
  chosen: Chosen,
  request: Request,
) => Outcome<State> | Promise<Outcome<State>>;

/** A form that is opened over the page, and what its answers do. */
export interface FormAction<State> {
  /** Undefined where none is to be opened for what was chosen: then `act` follows. */
  form(state: State, chosen: Chosen, request: Request): Form | undefined;
  submit(
    state: State,
    answers: ReadonlyMap<string, string>,
    request: Request,
  ): Outcome<State> | Promise<Outcome<State>>;
  readonly act?: Act<State>;
}

/** Components of a page that lead to the menu's actions. */
export interface Controls<State, ActionName extends string> {
  button(
    action: ActionName | BuiltIn,
    label: string,
    look?: ButtonLook & { argument?: string },
  ): APIButtonComponentWithCustomId;
  select(
    action: ActionName,
    entries: readonly Entry[],
    chosen: string | readonly string[],
    look?: SelectLook,
  ): APIStringSelectComponent;
  /** What is shown now. */
  readonly state: State;
}

export interface MenuRequest extends Request {
  /** Whether the page is drawn anew by itself. */
  readonly isLive: boolean;
}

/** What goes on while a page is shown. */
interface GoingOn<State> {
  /** How often the page is drawn anew meanwhile; left out, it is not. */
  readonly everyMs?: number;
  /** Fulfils when it is over, with what is shown then. What it rejects with is shown as well. */
  readonly over: Promise<Outcome<State>>;
}

interface Definition<State extends MenuState, Name extends string> {
  readonly initial: State;
  readonly actions: Readonly<Record<Name, Act<State> | FormAction<State>>>;
  /**
   * Asked whenever a page of the menu is shown, after the owner has it: what goes on from there. Where nothing else is
   * shown by then, what it leads to is, be it in a message of its own to the owner.
   */
  goingOn?(state: State, request: Request): GoingOn<State> | undefined;
  page(controls: Controls<State, Name>, request: MenuRequest): Page | Promise<Page>;
}

/** Actions that each menu has: to show the page anew, and to go on doing so. */
const SHOW = 'show';
export const LIVE = 'live';
type BuiltIn = typeof SHOW | typeof LIVE;

/** A menu as the desk uses it: states are texts. */
export interface Menu {
  /** What the owner types for it after `/profiler`. */
  readonly path: string;
  /** The form that an action opens; undefined where it opens none. */
  formOf(action: string, state: string, chosen: Chosen, request: Request): Form | undefined;
  act(action: string, state: string, chosen: Chosen, request: Request): Promise<Outcome<string>>;
  submit(
    action: string,
    state: string,
    answers: ReadonlyMap<string, string>,
    request: Request,
  ): Promise<Outcome<string>>;
  page(state: string, request: MenuRequest): Promise<Page>;
  goingOn(state: string, request: Request): GoingOn<string> | undefined;
}

/** A page whose components change what it shows. */
export function createMenu<State extends MenuState, Name extends string>(
  path: string,
  { initial, actions, page, goingOn }: Definition<State, Name>,
): Menu & { stateWith(changes: Partial<State>): string } {
  const find = (name: string): Partial<FormAction<State>> => {
    const action = Object.hasOwn(actions, name) ? actions[name as Name] : undefined;
    return typeof action === 'function' ? { act: action as Act<State> } : (action ?? {});
  };
  const encoded = (outcome: Outcome<State>): Outcome<string> =>
    'to' in outcome ? { ...outcome, to: encode(outcome.to) } : outcome;
  return {
    path,
    stateWith: (changes) => encode({ ...initial, ...changes }),
    formOf(name, state, chosen, request) {
      return find(name).form?.(decode(state, initial), chosen, request);
    },
    async act(name, state, chosen, request) {
      const from = decode(state, initial);
      return encoded((await find(name).act?.(from, chosen, request)) ?? { to: from });
    },
    async submit(name, state, answers, request) {
      const from = decode(state, initial);
      return encoded((await find(name).submit?.(from, answers, request)) ?? { to: from });
    },
    async page(state, request) {
      const shown = decode(state, initial);
      return page({ state: shown, ...controlsOf<Name>(path, encode(shown)) }, request);
    },
    goingOn(state, request) {
      const going = goingOn?.(decode(state, initial), request);
      return going && { ...going, over: going.over.then(encoded) };
    },
  };
}

/** The button that opens a menu, or goes back to it. */
export function menuButton(
  path: string,
  label: string,
  { state = '', ...look }: ButtonLook & { state?: string } = {},
): APIButtonComponentWithCustomId {
  return button(actionId(path, SHOW, '', state), label, look);
}

function controlsOf<Name extends string>(path: string, state: string): Omit<Controls<never, Name>, 'state'> {
  return {
    button: (action, label, { argument = '', ...look } = {}) =>
      button(actionId(path, action, argument, state), label, look),
    select: (action, entries, chosen, look) =>
      select(actionId(path, action, '', state), entries, chosen, look),
  };
}

/** What a component's custom id says behind the subcommand: `action,argument/state`. */
export function parseAction(text: string): { action: string; argument: string; state: string } {
  const [, action = '', argument = '', state = ''] = /^([^,/]*)(?:,([^/]*))?(?:\/(.*))?$/s.exec(text) ?? [];
  return { action, argument: argument.replaceAll(SLASH_INSTEAD, '/'), state };
}

/** The custom id of a component that leads to an action of a menu. */
export function actionId(path: string, action: string, argument: string, state: string): string {
  const given = argument === '' ? '' : `,${argument.replaceAll('/', SLASH_INSTEAD)}`;
  return componentId(path, `${action}${given}/${state}`);
}

/** Ids of targets have slashes; this they have not. */
const SLASH_INSTEAD = '\u001f';

const SEPARATOR = '|';

function encode(state: MenuState): string {
  return Object.values(state)
    .map((value) => (typeof value === 'boolean' ? Number(value) : value))
    .map((value) => String(value).replaceAll(SEPARATOR, ' '))
    .join(SEPARATOR);
}

/** Whatever the text is, this is a state: who reads it checks names in it against its lists. */
function decode<State extends MenuState>(text: string, initial: State): State {
  if (text === '') return initial;
  const values = text.split(SEPARATOR);
  return Object.fromEntries(
    Object.entries(initial).map(([key, first], index) => {
      const value = values[index];
      if (value === undefined) return [key, first];
      if (typeof first === 'boolean') return [key, value === '1'];
      if (typeof first === 'number') return [key, Number.parseInt(value, 10) || 0];
      return [key, value];
    }),
  ) as State;
}
