import type { Page } from '../../render/page.ts';
import type { Request } from '../subcommand.ts';
import { textToFile } from './export-file.ts';

interface ProfileFile {
  /** What the file is called, without a time and its ending. */
  readonly what: string;
  readonly title: string;
  readonly content: string | Uint8Array;
  readonly format: { readonly extension: string; readonly viewers: readonly string[] };
}

/** A file that tells what the bot's code does, and what opens it. @throws ProfilerError UNUSABLE_FILE */
export async function profileFilePage(
  { what, title, content, format }: ProfileFile,
  { profiler, fileLimitBytes }: Request,
): Promise<Page> {
  const file = { what, extension: format.extension, text: content };
  const { sentence, files = [] } = await textToFile(profiler, file, fileLimitBytes);
  return {
    title,
    text: [
      sentence,
      `It opens in ${format.viewers.join(', ')}.`,
      '-# It names the files and functions of your bot: look at it before you show it to others.',
    ].join('\n'),
    tone: 'good',
    files,
  };
}
