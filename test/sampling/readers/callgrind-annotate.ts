import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '../../fixtures/folder.ts';

/** Whether valgrind's `callgrind_annotate` is installed; tests that need it are skipped where it is not. */
export const HAS_CALLGRIND_ANNOTATE = spawnSync('callgrind_annotate', ['--version']).error === undefined;

interface Costs {
  readonly us: number;
  readonly samples: number;
}

export interface Annotated {
  readonly total: Costs;
  /** By `file:function`. */
  readonly functions: ReadonlyMap<string, Costs>;
  /** What it complains about. */
  readonly problems: string;
}

const ROW = /^ *([\d,]+|\.) +([\d,]+|\.) {2}(?:\* +)?(.*)$/;

/** What `callgrind_annotate` tells of a file: what each function took itself, or with all that it called. */
export function annotate(content: string | Uint8Array, { inclusive = false } = {}): Annotated {
  using folder = temporaryFolder();
  const path = join(folder.path, 'callgrind.out.bot');
  writeFileSync(path, content);
  const args = [
    `--inclusive=${inclusive ? 'yes' : 'no'}`,
    '--auto=no',
    '--threshold=100',
    '--show-percs=no',
    path,
  ];
  const { stdout, stderr } = spawnSync('callgrind_annotate', args, { encoding: 'utf8', cwd: folder.path });
  const rows = stdout.split('\n').flatMap((line) => {
    const [, us, samples, name] = ROW.exec(line) ?? [];
    return name === undefined ? [] : [[name.trim(), { us: number(us!), samples: number(samples!) }] as const];
  });
  const total = rows.find(([name]) => name === 'PROGRAM TOTALS')?.[1] ?? { us: 0, samples: 0 };
  return { total, functions: new Map(rows.filter(([name]) => name !== 'PROGRAM TOTALS')), problems: stderr };
}

function number(text: string): number {
  return text === '.' ? 0 : Number(text.replaceAll(',', ''));
}
