import type { Target } from '../../cog/target.ts';
import type { AttachResult } from '../../cog/tracker.ts';
import { ProfilerError } from '../../errors.ts';
import type { Profiler } from '../../profiler.ts';
import type { Page } from '../../render/page.ts';
import { code, sentence } from '../../render/text.ts';
import { formatDuration } from '../../render/units.ts';
import { componentId, LONGEST_CUSTOM_ID } from '../desk/component-id.ts';
import { actionId, menuButton } from '../desk/menu.ts';
import { button } from '../desk/widgets.ts';
import { targetsOf } from './target-option.ts';

const MOST_LISTED = 15;

/** The subcommand and the action of its menu that attaches what its button names. */
export const ATTACH_PATH = 'attach';
export const ADD_ACTION = 'add';

/** The button that attaches `query` and shows what became of it. */
export function attachButton(query: string, label: string) {
  return button(actionId(ATTACH_PATH, ADD_ACTION, query, ''), label, { style: 'primary' });
}

/** Attaches what is asked for, and tells what became of it. */
export function attachPage(profiler: Profiler, query: string): Page {
  if (profiler.targets.size === 0) return NOTHING_FOUND;
  try {
    return resultPage(profiler, profiler.attach(query));
  } catch (error) {
    if (error instanceof ProfilerError && error.code === 'UNKNOWN_TARGET') return unknownPage(error);
    throw error;
  }
}

function unknownPage({ message, details }: ProfilerError<'UNKNOWN_TARGET'>): Page {
  const [, suggestions] = details;
  const buttons = suggestions
    .filter((name) => actionId(ATTACH_PATH, ADD_ACTION, name, '').length <= LONGEST_CUSTOM_ID)
    .map((name) => attachButton(name, `Attach ${name}`));
  return {
    title: 'No such target',
    text: `${sentence(message)}\n\nWhile you type, Discord offers what there is.`,
    tone: 'warning',
    rows: buttons.length > 0 ? [buttons] : [],
  };
}

const NOTHING_FOUND: Page = {
  title: 'Nothing to time was found',
  text: [
    'I look for commands, listeners and scheduled tasks where frameworks and plain bots keep them.',
    'This bot has none there: name your own with `profiler.register(name, object)`.',
  ].join(' '),
  tone: 'warning',
};

function resultPage(profiler: Profiler, { attached, already, skipped }: AttachResult): Page {
  const paragraphs = [
    attached.length > 0 && `**Now timed**\n${listTargets(attached)}`,
    already.length > 0 && `**Timed already**\n${listTargets(already)}`,
    skipped.length > 0 &&
      `**Could not be attached**\n${list(skipped, ({ target, reason }) => `${code(target.id)}: ${reason}`)}`,
    attached.length > 0 && `Timing adds some ${formatDuration(profiler.callCostNs / 1e6)} to each call.`,
    'Let the bot work for a while, then look with `/profiler view`.',
  ];
  return {
    title: attached.length > 0 ? `Attached ${targetsOf(attached.length)}` : 'Nothing new to attach',
    text: paragraphs.filter(Boolean).join('\n\n'),
    tone: skipped.length > 0 ? 'warning' : 'good',
    rows: [
      [
        menuButton('view', 'View', { style: 'primary' }),
        ...(attached.length > 0 ? [button(componentId('detach', 'all'), 'Detach all')] : []),
      ],
    ],
  };
}

export function listTargets(targets: readonly Target[]): string {
  return list(targets, ({ id }) => code(id));
}

function list<Item>(items: readonly Item[], line: (item: Item) => string): string {
  const lines = items.slice(0, MOST_LISTED).map(line);
  if (items.length > MOST_LISTED) lines.push(`… and ${items.length - MOST_LISTED} more`);
  return lines.join('\n');
}
