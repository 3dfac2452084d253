import { type FunctionTime, functionTimes } from './functions.ts';
import type { Label, Model } from './model.ts';
import type { Stacks } from './stacks.ts';

/** A line that was running. */
export interface LineHeat {
  readonly line: number;
  readonly ticks: number;
  /** What its function did by itself, shared out by ticks. */
  readonly selfUs: number;
}

export interface FunctionHeat extends FunctionTime {
  readonly lines: readonly LineHeat[];
}

export interface FileHeat {
  /** Empty for what is in no file. */
  readonly file: string;
  readonly selfUs: number;
  /** In the order in which they are written. */
  readonly functions: readonly FunctionHeat[];
}

/** Files of one kind: of a cog, of a package, of Node.js, … */
export interface FileGroup {
  readonly title: string;
  /** Whether it is the bot's own. */
  readonly isBot: boolean;
  readonly cog: string;
  readonly selfUs: number;
  /** The hottest first. */
  readonly files: readonly FileHeat[];
}

const SECTIONS: Readonly<Partial<Record<Label['kind'], (label: Label) => string>>> = {
  bot: ({ cog }) => (cog === '' ? 'The bot, in no cog' : `Cog ${cog}`),
  package: (label) => `Package ${label.package}`,
  node: () => 'Node.js',
};

/** All that was running, by where it is written; the bot's own first, then what is hottest. */
export function fileGroups(model: Model, stacks: Stacks): FileGroup[] {
  const groups = new Map<string, { first: Label; files: Map<string, FunctionHeat[]> }>();
  for (const time of functionTimes(model, stacks)) {
    const title = SECTIONS[time.label.kind]?.(time.label) ?? 'In no file';
    let group = groups.get(title);
    if (group === undefined) groups.set(title, (group = { first: time.label, files: new Map() }));
    const inFile = group.files.get(time.label.file);
    const heat = { ...time, lines: linesOf(time) };
    if (inFile === undefined) group.files.set(time.label.file, [heat]);
    else inFile.push(heat);
  }
  return [...groups]
    .map(([title, { first, files }]): FileGroup => {
      const heats = [...files].map(([file, functions]) => ({
        file,
        selfUs: functions.reduce((sum, { self }) => sum + self.weightUs, 0),
        functions: functions.sort((a, b) => a.label.line - b.label.line || a.label.index - b.label.index),
      }));
      return {
        title,
        isBot: first.kind === 'bot',
        cog: first.cog,
        selfUs: heats.reduce((sum, { selfUs }) => sum + selfUs, 0),
        files: heats.sort((a, b) => b.selfUs - a.selfUs || (a.file < b.file ? -1 : 1)),
      };
    })
    .sort((a, b) => Number(b.isBot) - Number(a.isBot) || b.selfUs - a.selfUs);
}

function linesOf({ label, self }: FunctionTime): LineHeat[] {
  const hits = label.lines.filter(({ line }) => line > 0);
  const all = hits.reduce((sum, { ticks }) => sum + ticks, 0);
  return hits.map(({ line, ticks }) => ({ line, ticks, selfUs: (self.weightUs * ticks) / all }));
}
