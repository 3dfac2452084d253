import type { Row } from './benchmark.ts';

/**
 * Passes the rows of a comparison on, and then tells of each case what one subject takes more than another.
 * @param atMost what that may be, case by case
 */
export async function* withAdded(
  rows: AsyncIterable<Row>,
  { without, to, atMost }: { without: string; to: string; atMost: ReadonlyMap<string, number> },
): AsyncIterable<Row> {
  const values = new Map<string, number>();
  for await (const row of rows) {
    values.set(`${row.case} ${row.subject}`, row.value);
    yield row;
  }
  for (const [name, most] of atMost) {
    const value = values.get(`${name} ${to}`)! - values.get(`${name} ${without}`)!;
    yield { case: name, subject: 'added', value, unit: 'ns', atMost: most };
  }
}
