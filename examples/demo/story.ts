import type { Posted, Run, StandIn } from '../../test/standin/standin.ts';
import { live } from './crowd.ts';
import { showAction, showMessage, withoutColours } from './show.ts';

const LIVE_MS = 15_000;
/** Once more, with calls kept as they go. */
const LIVE_VERBOSE_MS = 8_000;
/** The command that was made slow, as the table names it. */
const CULPRIT = '/music·play';
const REACTION = 'PUT /channels/:channel/messages/:message/reactions/:emoji/@me';
/** Of each poll. */
const ANSWERS = 3;
/** What waits for rate limits, what others are in the way of, and what never ends. */
const TO_BE_KEPT = [
  'moderation/command/poll',
  'economy/command/balance',
  'music/task/refreshCharts',
] as const;

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

  let unanswered = 0;
  const goOn = async (forMs: number, more: string) => {
    showAction(`${discord.users.length} people ${more}use the bot for ${forMs / 1_000} s`);
    unanswered += (await live(discord, AbortSignal.timeout(forMs))).unanswered;
    // A poll goes on when it is answered.
    const { requests, interactions } = discord.served;
    const isOver = () => (requests[REACTION] ?? 0) >= (interactions['poll'] ?? 0) * ANSWERS;
    await discord.until(isOver, 'the end of a poll');
  };
  await goOn(LIVE_MS, '');

  let view = await shown(owner.runs('profiler view'), '/profiler view');
  const culprit = firstName(view);
  await shown(owner.runs('profiler inspect target:music/command/play'), '/profiler inspect target:play');

  const query = TO_BE_KEPT.join(', ');
  await shown(owner.runs(`profiler verbose target:${query} on:true`), `/profiler verbose target:${query}`);
  await goOn(LIVE_VERBOSE_MS, 'still ');
  const verdicts = new Map<string, string>();
  for (const target of TO_BE_KEPT.slice(0, 2)) {
    const page = await (await owner.runs(`profiler inspect target:${target}`)).reply();
    const waterfalls = await shown(
      owner.clicks(page, 'What the time goes to'),
      `/profiler inspect target:${target}, click on [What the time goes to]`,
    );
    verdicts.set(target, waterfalls.embeds[0]?.description ?? '');
  }
  const inFlight = await shown(owner.runs('profiler inflight'), '/profiler inflight');
  let other = view;
  for (const button of ['By cog', 'By shard']) other = await (await owner.clicks(other, button)).reply();
  for (const button of ['Acks', 'REST'])
    other = await shown(owner.clicks(other, button), `click on [${button}]`);

  view = await (await owner.runs('profiler view')).reply();
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
  check(
    /waits for rate limits/i.test(verdicts.get(TO_BE_KEPT[0]) ?? ''),
    `${TO_BE_KEPT[0]} is said to wait for rate limits`,
  );
  check(
    JSON.stringify(inFlight.message).includes(TO_BE_KEPT[2]),
    `${TO_BE_KEPT[2]}, which never ends, is in flight`,
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
