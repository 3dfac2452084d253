import { refuse } from './api-error.ts';
import type { Upload } from './state.ts';
import { type Fields, isFields } from './validate/schema.ts';

export interface RequestBody {
  body: unknown;
  files: Upload[];
}

/** Reads a JSON or multipart body: files in the order of their numbers, the rest from `payload_json`. */
export async function readBody(bytes: Buffer, contentType: string): Promise<RequestBody> {
  if (bytes.length === 0) return { body: {}, files: [] };
  if (!contentType.startsWith('multipart/form-data')) return { body: parse(bytes.toString()), files: [] };
  const form = await new Response(bytes, { headers: { 'content-type': contentType } }).formData();
  const numbered: { number: number; file: Upload }[] = [];
  const fields: Fields = {};
  let body: unknown;
  for (const [name, value] of form) {
    if (typeof value !== 'string') {
      const file: Upload = {
        filename: value.name,
        contentType: value.type,
        bytes: new Uint8Array(await value.arrayBuffer()),
      };
      numbered.push({ number: Number(/\d+/.exec(name)?.[0] ?? numbered.length), file });
    } else if (name === 'payload_json') {
      body = parse(value);
    } else {
      fields[name] = value;
    }
  }
  numbered.sort((a, b) => a.number - b.number);
  return {
    body: isFields(body) ? { ...fields, ...body } : (body ?? fields),
    files: numbered.map((one) => one.file),
  };
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    throw refuse('invalidJson');
  }
}
