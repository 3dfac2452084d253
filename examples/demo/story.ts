import type { Posted, Run, StandIn } from '../../test/standin/standin.ts';
import { live } from './crowd.ts';
import { showAction, showMessage, withoutColours } from './show.ts';

const LIVE_MS = 15_000;
/** The command that was made slow, as the table names it. */
const CULPRIT = '/music·play';

/** What the owner does to find the slow command, and whether what they see is what happened. */
export async function story(discord: StandIn): Promise<void> {
  const { owner } = discord;
  const shown = async (run: Promise<Run>, action: string): Promise<Posted> => {
    showAction(action);
    const reply = await (await run).reply();
    showMessage(reply);
    return reply;
  };

  await shown(owner.runs('profiler attach target:all'), '/profiler attach target:all');

  showAction(`${discord.users.length} people use the bot for ${LIVE_MS / 1_000} s`);
  const { unanswered } = await live(discord, AbortSignal.timeout(LIVE_MS));

  let view = await shown(owner.runs('profiler view'), '/profiler view');
  const culprit = firstName(view);
  await shown(owner.runs('profiler inspect target:music/command/play'), '/profiler inspect target:play');
  view = await shown(owner.chooses(view, 'Sort', 'errors'), 'choose [Sort by Errors]');
  for (const layout of ['Times', 'Rates']) view = await (await owner.clicks(view, layout)).reply();
  view = await shown(owner.clicks(view, 'All columns'), 'click on [All columns]');
  const counted = await countCalls(discord, view);
  await shown(owner.runs('profiler methods cog:economy'), '/profiler methods cog:economy');
  await shown(owner.runs('profiler settings'), '/profiler settings');
  await shown(owner.runs('profiler detach target:all'), '/profiler detach target:all');

  check(unanswered === 0, `the bot answered everybody (${unanswered} were left without an answer)`);
  check(
    culprit === CULPRIT,
    `${CULPRIT}, the planted slow command, is first by impact (first is ${culprit})`,
  );
  for (const [command, served] of Object.entries(discord.served.interactions)) {
    if (command.startsWith('profiler ')) continue;
    const calls = counted.get(command);
    check(calls === served, `${command}: ${served} served by the local Discord, ${calls} in the table`);
  }
}

/** Pages through the wide table, once around: the calls of each command by its full name. */
async function countCalls(discord: StandIn, firstPage: Posted): Promise<Map<string, number>> {
  const counted = new Map<string, number>();
  let page = firstPage;
  do {
    for (const line of tableLines(page)) {
      const [, command, calls] = /^[ !][/>]\S+?·(.+?) {2,}(\d+)\s/.exec(line) ?? [];
      if (command !== undefined) counted.set(command, Number(calls));
    }
    page = await (await discord.owner.clicks(page, '›')).reply();
  } while (!page.embeds[0]!.footer!.text.startsWith('Page 1/'));
  return counted;
}

function tableLines(page: Posted): string[] {
  const [, table = ''] = /```(?:ansi)?\n(.*)\n```/s.exec(page.content) ?? [];
  return withoutColours(table).split('\n').slice(1);
}

function firstName(page: Posted): string | undefined {
  return tableLines(page)[0]?.trim().split(/ {2,}/)[0];
}

function check(holds: boolean, claim: string): void {
  console.log(`${holds ? '✓' : '✗'} ${claim}`);
  if (!holds) process.exitCode = 1;
}
