import { COMMAND_NAME } from '../../frameworks/interactions.ts';
import type { Page } from '../../render/page.ts';

const IN_CODE = new RegExp(`\`/${COMMAND_NAME} ([a-z]+(?: [a-z]+)?)\``, 'g');

/**
 * The page with our commands as Discord shows them, to be tapped, in place of their names as code.
 * @param commandId of `/profiler`; undefined while it is not known
 * @param paths of all subcommands
 */
export function withMentions(page: Page, commandId: string | undefined, paths: ReadonlySet<string>): Page {
  if (commandId === undefined) return page;
  const mention = (text: string) =>
    text.replace(IN_CODE, (code, path: string) =>
      paths.has(path) ? `</${COMMAND_NAME} ${path}:${commandId}>` : code,
    );
  return {
    ...page,
    text: mention(page.text),
    ...(page.fields && { fields: page.fields.map((field) => ({ ...field, value: mention(field.value) })) }),
  };
}
