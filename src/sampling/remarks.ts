/** What is remarked on of a function: its samples. */
export interface Remarkable {
  /** False for what runs by itself, such as `(idle)`. */
  readonly isFunction: boolean;
  readonly self: number;
  readonly total: number;
}

/** What some functions have in common, beyond the order of a table. */
export interface Remark<Row extends Remarkable> {
  readonly head: string;
  readonly rows: readonly { readonly row: Row; readonly text: string }[];
}

const REMARKS: readonly {
  readonly head: string;
  readonly of: (row: Remarkable) => number;
  readonly least: number;
  readonly text: (value: number) => string;
}[] = [
  {
    head: 'Hot spots: they work themselves most of the time that they are on the stack',
    of: ({ self, total }) => self / total,
    least: 0.5,
    text: (ratio) => `${(100 * ratio).toFixed(0)} % of its samples are its own`,
  },
  {
    head: 'Indirect calls: most of their time is that of what they call',
    of: ({ self, total }) => total - self,
    least: 1,
    text: (samples) => `${samples} samples in what it calls`,
  },
  {
    head: 'Call magnification: little work of their own sets off much',
    of: ({ self, total }) => (self === 0 ? 0 : total / self),
    least: 2,
    text: (ratio) => `${ratio.toFixed(1)} times its own samples`,
  },
];
const REMARKED = 3;
/** Functions of fewer samples are not remarked on. */
const LEAST_SHARE = 0.01;

/**
 * What stands out among functions; at most three each.
 * @param all how many samples there are
 */
export function remarksOf<Row extends Remarkable>(rows: readonly Row[], all: number): Remark<Row>[] {
  const notable = rows.filter(
    ({ isFunction, total }) => isFunction && total >= Math.max(2, LEAST_SHARE * all),
  );
  return REMARKS.flatMap(({ head, of, least, text }) => {
    const found = notable
      .filter((row) => of(row) >= least)
      .sort((a, b) => of(b) - of(a) || b.total - a.total)
      .slice(0, REMARKED);
    return found.length === 0 ? [] : [{ head, rows: found.map((row) => ({ row, text: text(of(row)) })) }];
  });
}
