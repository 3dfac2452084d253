import type { Posted } from '../../test/standin/standin.ts';

const BUTTON = 2;
const WIDTH = 78;

/** What the owner typed or clicked. */
export function showAction(action: string): void {
  console.log(`\n─── ${action} ${'─'.repeat(Math.max(3, WIDTH - action.length - 5))}`);
}

/** A message as readable text: its embeds, its text files, and its components as Discord lays them out. */
export function showMessage({ content, embeds, components, attachments }: Posted): void {
  const lines: string[] = [];
  if (content) lines.push(...withoutFences(content));
  for (const { title, description, fields = [], footer, image } of embeds) {
    if (title) lines.push(title.toUpperCase());
    if (description) lines.push(...withoutFences(description));
    for (const { name, value } of fields) lines.push(`${name}: ${value.replaceAll('\n', '; ')}`);
    if (image) lines.push('(a picture)');
    if (footer) lines.push(...wrap(footer.text));
  }
  for (const { filename, text } of attachments) {
    if (!filename.endsWith('.png')) lines.push('', `${filename}:`, ...text.trimEnd().split('\n'));
  }
  for (const row of components) {
    if (!('components' in row)) continue;
    lines.push(row.components.map((component) => describe(component as ComponentLike)).join(' '));
  }
  for (const line of lines) console.log(`  ${asText(line)}`.trimEnd());
}

function withoutFences(text: string): string[] {
  return text.split('\n').filter((line) => !line.startsWith('```'));
}

/** What Discord would show of its marks. */
function asText(line: string): string {
  return withoutColours(line)
    .replaceAll('**', '')
    .replace(/^-# /, '')
    .replace(/<(\/[^:]+):\d+>/g, '$1')
    .replace(/<t:(\d+):[A-Z]>/gi, (_, seconds) => new Date(Number(seconds) * 1_000).toLocaleTimeString('en'));
}

export function withoutColours(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: what Discord colours a line with.
  return text.replace(/\u001b\[\d*m/g, '');
}

interface ComponentLike {
  type: number;
  label?: string;
  disabled?: boolean;
  placeholder?: string;
  options?: { label: string; default?: boolean }[];
}

function describe({ type, label, disabled, placeholder, options = [] }: ComponentLike): string {
  if (type === BUTTON) return disabled ? `(${label})` : `[${label}]`;
  return `[${options.find((option) => option.default)?.label ?? placeholder} ▾]`;
}

function wrap(text: string): string[] {
  const lines = [''];
  for (const part of text.split(' · ')) {
    const line = lines.at(-1)!;
    if (line === '') lines[lines.length - 1] = part;
    else if (line.length + part.length < WIDTH) lines[lines.length - 1] = `${line} · ${part}`;
    else lines.push(part);
  }
  return lines;
}
