import type { GivenFile } from '../../wire.ts';

/** What Discord takes on a server without boosts. */
const LARGEST_FILE_BYTES = 10 * 2 ** 20;

/** Lets the visitor pick files; none if they change their mind. */
export function pickFiles(isMultiple: boolean): Promise<File[]> {
  const input = document.createElement('input');
  input.type = 'file';
  input.multiple = isMultiple;
  // Part of the page while it is open, so that the browser keeps it.
  input.hidden = true;
  document.body.append(input);
  return new Promise((resolve) => {
    const end = () => {
      input.remove();
      resolve([...(input.files ?? [])]);
    };
    input.addEventListener('change', end);
    input.addEventListener('cancel', end);
    input.click();
  });
}

/** @throws Error where the file is too large */
export async function readFile(file: File): Promise<GivenFile> {
  if (file.size > LARGEST_FILE_BYTES) throw new Error('The file is too large: 10 MB are the most.');
  const reader = new FileReader();
  await new Promise((resolve, reject) => {
    reader.addEventListener('load', resolve);
    reader.addEventListener('error', () => reject(new Error('The file could not be read.')));
    reader.readAsDataURL(file);
  });
  const url = String(reader.result);
  return { filename: file.name, contentType: file.type, base64: url.slice(url.indexOf(',') + 1) };
}
