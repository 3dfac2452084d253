import { type Bars, MOST_BARS } from '../../render/chart/bars.ts';
import { type Category, type CategoryEntry, COG_COLOURS } from '../../render/chart/categories.ts';
import { type FlamePicture, MOST_FLAME_ROWS } from '../../render/chart/flame.ts';
import { cut, plain } from '../../render/text.ts';
import { plural } from '../../render/units.ts';
import type { Flame, FlameBox } from '../../sampling/views/flame.ts';
import type { FunctionRow } from '../../sampling/views/function-row.ts';
import type { NamedShare, Overview } from '../../sampling/views/overview.ts';

/** Enough for what stands in a line, whatever names are like. */
const LONGEST_LABEL = 120;

const KIND_CATEGORIES: Partial<Record<string, Category>> = {
  package: 'package',
  node: 'node',
  native: 'native',
  gc: 'gc',
};
const CATEGORY_LABELS: Partial<Record<Category, string>> = {
  otherCogs: 'other cogs',
  package: 'packages',
  node: 'Node',
  native: 'native',
  gc: 'garbage',
  none: 'narrow',
};
/** As groups are named that are no cogs. */
const GROUP_CATEGORIES: readonly (readonly [begin: string, category: Category])[] = [
  ['package ', 'package'],
  ['(node)', 'node'],
  ['(native)', 'native'],
  ['(garbage collector)', 'gc'],
];

/** The colours of cogs: the same in all pictures of a recording. */
export class Colours {
  readonly #cogs: readonly string[];

  /** @param overview of the recording */
  constructor({ cogs }: Pick<Overview, 'cogs'>) {
    const isCog = ({ name }: NamedShare) => !GROUP_CATEGORIES.some(([begin]) => name.startsWith(begin));
    this.#cogs = cogs.filter(isCog).map(({ name }) => name);
  }

  ofCog(cog: string): Category {
    const place = this.#cogs.indexOf(cog);
    return place >= 0 && place < COG_COLOURS ? (`cog${place}` as Category) : 'otherCogs';
  }

  /** Of what shares are told by cog: a cog, or what is in none. */
  ofGroup(name: string): Category {
    return GROUP_CATEGORIES.find(([begin]) => name.startsWith(begin))?.[1] ?? this.ofCog(name);
  }

  ofFunction({ kind, cog }: Pick<FunctionRow, 'kind' | 'cog'>): Category {
    return cog === undefined ? (KIND_CATEGORIES[kind] ?? 'none') : this.ofCog(cog);
  }

  ofBox({ kind, cog, name, merged }: FlameBox): Category {
    if (merged > 0) return 'none';
    if (cog !== undefined) return this.ofCog(cog);
    return kind === 'group' ? this.ofGroup(name) : (KIND_CATEGORIES[kind] ?? 'none');
  }

  /** What the colours that occur stand for, in their order. */
  legend(used: readonly Category[]): CategoryEntry[] {
    const seen = new Set(used);
    const cogs = this.#cogs
      .slice(0, COG_COLOURS)
      .map((cog): CategoryEntry => ({ category: this.ofCog(cog), label: line(cog), text: '' }));
    const others = Object.entries(CATEGORY_LABELS).map(
      ([category, label]): CategoryEntry => ({ category: category as Category, label, text: '' }),
    );
    return [...cogs, ...others].filter(({ category }) => seen.has(category));
  }
}

export function cogBars({ cogs }: Overview, colours: Colours): Bars {
  return {
    title: 'What ran, by cog',
    rows: cogs.slice(0, MOST_BARS).map(({ name, share, margin }) => {
      return { label: line(name), category: colours.ofGroup(name), share, margin };
    }),
    hidden: Math.max(0, cogs.length - MOST_BARS),
    legend: [],
  };
}

/** @param by whether with what functions called */
export function functionBars(
  { rows, count }: { readonly rows: readonly FunctionRow[]; readonly count: number },
  by: 'self' | 'total',
  colours: Colours,
): Bars {
  const shown = rows.slice(0, MOST_BARS);
  const categories = shown.map((row) => colours.ofFunction(row));
  return {
    title: by === 'self' ? 'Functions, by what they ran themselves' : 'Functions, with what they called',
    rows: shown.map((row, index) => ({
      label: line(`${row.name} ${shortPlaceOf(row)}`),
      category: categories[index]!,
      share: row[by].share,
      margin: row[by].margin,
    })),
    hidden: count - shown.length,
    legend: colours.legend(categories),
  };
}

export function flamePicture({ boxes, samples, deeper, narrow }: Flame, colours: Colours): FlamePicture {
  const categories = boxes.map((box) => colours.ofBox(box));
  return {
    title: `What ran, in ${plural(samples, 'sample')}`,
    boxes: boxes.map(({ name, cog, kind, row, from, share }, index) => {
      // What stands below its cog need not say it again.
      const isBelow = kind === 'group' && cog !== undefined && name.startsWith(`${cog}/`);
      const label = isBelow ? name.slice(cog.length + 1) : name;
      return { label: line(label), category: categories[index]!, row, from, share };
    }),
    notes: [
      ...(narrow > 0 ? [`Put together, as too narrow: ${plural(narrow, 'function')}`] : []),
      ...(deeper > 0 ? [`Below the ${MOST_FLAME_ROWS} rows: ${plural(deeper, 'level')}`] : []),
    ],
    legend: colours.legend(categories),
  };
}

/** The file and line; of a package, its name. */
function shortPlaceOf({ kind, place }: FunctionRow): string {
  const parts = place.split('/');
  if (kind === 'package') return parts.slice(0, place.startsWith('@') ? 2 : 1).join('/');
  return parts.at(-1)!;
}

function line(text: string): string {
  return cut(plain(text), LONGEST_LABEL);
}
