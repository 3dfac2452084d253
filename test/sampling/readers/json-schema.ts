/** As much of JSON Schema (draft 7) as speedscope's own has; what is not known here is an error. */
export interface Schema {
  readonly $schema?: string;
  readonly $ref?: string;
  readonly definitions?: Readonly<Record<string, Schema>>;
  readonly title?: string;
  readonly type?: 'object' | 'array' | 'string' | 'number';
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
}

const KNOWN = new Set<string>(
  '$schema $ref definitions title type const enum anyOf properties required items'.split(' '),
);

/** What is wrong with a value, the first of it; undefined where nothing is. */
export function problemOf(
  value: unknown,
  root: Schema,
  schema: Schema = root,
  path = '$',
): string | undefined {
  for (const keyword of Object.keys(schema)) if (!KNOWN.has(keyword)) return `unknown keyword ${keyword}`;
  const { $ref, type, anyOf, items, properties = {}, required = [] } = schema;
  if ($ref !== undefined) {
    const name = $ref.replace('#/definitions/', '');
    return problemOf(value, root, root.definitions![name]!, path);
  }
  if (type !== undefined && typeOf(value) !== type) return `${path} is no ${type}`;
  if ('const' in schema && value !== schema.const) return `${path} is not ${schema.const}`;
  if (schema.enum !== undefined && !schema.enum.includes(value)) return `${path} is none of ${schema.enum}`;
  if (anyOf?.every((one) => problemOf(value, root, one, path) !== undefined)) return `${path} fits nothing`;
  if (typeOf(value) === 'object') {
    for (const name of required)
      if (!Object.hasOwn(value as object, name)) return `${path}.${name} is missing`;
    for (const [name, one] of Object.entries(properties)) {
      if (!Object.hasOwn(value as object, name)) continue;
      const problem = problemOf((value as Record<string, unknown>)[name], root, one, `${path}.${name}`);
      if (problem !== undefined) return problem;
    }
  }
  if (Array.isArray(value) && items !== undefined) {
    for (const [index, item] of value.entries()) {
      const problem = problemOf(item, root, items, `${path}[${index}]`);
      if (problem !== undefined) return problem;
    }
  }
  return undefined;
}

function typeOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}
