import { cogColour } from './colours.ts';
import { bar, h } from './dom.ts';
import type { FileGroup, FileHeat } from './files.ts';
import type { Model } from './model.ts';
import { endOfPath, shown } from './text.ts';
import { percent } from './units.ts';

/** A file, as part of what it is listed under: code that is in no file is listed as one. */
export interface ListedFile {
  readonly group: FileGroup;
  readonly heat: FileHeat;
}

/**
 * All files by what they are part of; those of the bot are unfolded.
 * @param filter what a file or one of its functions has in its name, in small letters
 */
export function fileList(
  model: Model,
  groups: readonly FileGroup[],
  current: ListedFile | undefined,
  filter: string,
  choose: (file: ListedFile) => void,
): readonly HTMLElement[] {
  const whole = groups.reduce((sum, { selfUs }) => sum + selfUs, 0);
  const sections = groups.flatMap((group) => {
    const files = group.files.filter((heat) => matches(heat, filter));
    if (files.length === 0) return [];
    const isOpen = group.isBot || filter !== '' || group === current?.group;
    const entries = files.map((heat) => {
      const isCurrent = heat.file === current?.heat.file && group.title === current.group.title;
      return entry(model, { group, heat }, whole, isCurrent, choose);
    });
    return [
      h(
        'details',
        { open: isOpen },
        h(
          'summary',
          {},
          h('span', { class: 'row-title' }, shown(group.title, 80)),
          h('span', { class: 'row-figure' }, percent(group.selfUs / whole)),
        ),
        ...entries,
      ),
    ];
  });
  return sections.length > 0 ? sections : [h('p', { class: 'quiet' }, 'No file.')];
}

function matches({ file, functions }: FileHeat, filter: string): boolean {
  return (
    file.toLowerCase().includes(filter) ||
    functions.some(({ label }) => label.name.toLowerCase().includes(filter))
  );
}

function entry(
  model: Model,
  listed: ListedFile,
  whole: number,
  isCurrent: boolean,
  choose: (file: ListedFile) => void,
): HTMLElement {
  const { group, heat } = listed;
  return h(
    'button',
    {
      class: 'entry',
      type: 'button',
      title: shown(heat.file),
      'aria-current': isCurrent ? 'true' : undefined,
      on: { click: () => choose(listed) },
    },
    h(
      'span',
      { class: 'row' },
      h('span', { class: 'row-title' }, shown(endOfPath(heat.file), 80) || 'in no file'),
      h('span', { class: 'row-figure' }, percent(heat.selfUs / whole)),
    ),
    bar(heat.selfUs / whole, group.cog === '' ? '#8c95a5' : cogColour(model, group.cog)),
  );
}
