import { type CallCost, callGraphOf } from '../call-graph.ts';
import { grouped } from '../grouped.ts';
import type { Frame, Profile } from '../profile.ts';
import { Rounding } from '../running-lines.ts';
import type { ProfileFormat } from './format.ts';

/**
 * The format of valgrind's callgrind, version 1. It is a call graph: who called whom is kept, whole stacks are not.
 * Each thread is a function of its own name that has called what ran in it.
 */
export const callgrind: ProfileFormat = {
  name: 'callgrind',
  label: 'callgrind',
  extension: 'callgrind.out',
  mediaType: 'text/plain',
  viewers: ['KCachegrind', 'QCachegrind', 'callgrind_annotate', 'speedscope'],
  takes: ['group'],
  encode(profile, { group }) {
    const shown = grouped(profile, group.includes('thread') ? group : ['thread', ...group]);
    const body: string[] = [];
    const rounding = { us: new Rounding(), samples: new Rounding() };
    const total = { us: 0, samples: 0 };
    const [files, functions] = [new Names(), new Names()];
    const names = namesOf(shown);
    callGraphOf(shown).forEach(({ self, calls }, which) => {
      if (self.length === 0 && calls.length === 0) return;
      const { file, line } = shown.frames[which]!;
      body.push(`fl=${files.of(oneLine(file))}`, `fn=${functions.of(names[which]!)}`);
      for (const cost of self) {
        const us = rounding.us.next(cost.us);
        const samples = rounding.samples.next(cost.samples);
        total.us += us;
        total.samples += samples;
        body.push(`${cost.line} ${us} ${samples}`);
      }
      for (const call of calls) {
        const callee = shown.frames[call.callee]!;
        body.push(`cfl=${files.of(oneLine(callee.file))}`, `cfn=${functions.of(names[call.callee]!)}`);
        body.push(...callLines(call, line, callee));
      }
      body.push('');
    });
    return [...head(shown), `summary: ${total.us} ${total.samples}`, '', ...body].join('\n');
  },
};

function head({ name, intervalUs, nodeVersion }: Profile): string[] {
  return [
    '# callgrind format',
    '# Recorded by sampling: a stack was looked at every now and then, and calls between were not seen.',
    '# calls= is the number of samples in which a call was under way, not how often it was made.',
    'version: 1',
    'creator: cogscope',
    `cmd: ${oneLine(name)}`,
    `desc: Interval: ${intervalUs} us`,
    `desc: Node: ${oneLine(nodeVersion)}`,
    'positions: line',
    'event: Microseconds : Time by the clock, of the samples',
    'event: Samples : Samples',
    'events: Microseconds Samples',
  ];
}

/** Where in the caller the call is, nobody knows: it is told at the line where the caller begins. */
function callLines({ count, us, samples }: CallCost, callerLine: number, { line }: Frame): string[] {
  return [`calls=${count} ${line}`, `${callerLine} ${Math.round(us)} ${samples}`];
}

/** A function is known by its file and name: where several have the same, each also says where it begins. */
function namesOf({ frames }: Profile): readonly string[] {
  const name = (frame: Frame) => oneLine(frame.name);
  const key = (frame: Frame) => `${oneLine(frame.file)}\n${name(frame)}`;
  const times = new Map<string, number>();
  for (const frame of frames) times.set(key(frame), (times.get(key(frame)) ?? 0) + 1);
  return frames.map((frame) =>
    times.get(key(frame)) === 1 ? name(frame) : `${name(frame)}:${frame.line}:${frame.column}`,
  );
}

/** Writes a name out once, with a number, and then the number alone. */
class Names {
  readonly #numbers = new Map<string, number>();

  of(name: string): string {
    const known = this.#numbers.get(name);
    if (known !== undefined) return `(${known})`;
    this.#numbers.set(name, this.#numbers.size + 1);
    return `(${this.#numbers.size}) ${name}`;
  }
}

/** In a format of lines a name must not end its line, begin or end with a space, or be empty. */
function oneLine(text: string): string {
  const escaped = text
    .toWellFormed()
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`)
    .trim();
  return escaped === '' ? '???' : escaped;
}
