import type { Posted, Run } from '../standin/standin.ts';

/** What stands on a page, as one text: what is above the embed, title, text, fields and footer. */
export function textOf({ content, embeds: [embed] }: Posted): string {
  const fields = (embed?.fields ?? []).map(({ name, value }) => `${name}: ${value}`);
  return [content, embed?.title, embed?.description, ...fields, embed?.footer?.text]
    .filter(Boolean)
    .join('\n');
}

/** The labels of the buttons that can be pressed. */
export function buttonsOf({ allComponents }: Posted): string[] {
  return allComponents.filter(({ label, disabled }) => label && !disabled).map(({ label }) => String(label));
}

export async function answer(run: Promise<Run>): Promise<Posted> {
  return (await run).reply();
}
