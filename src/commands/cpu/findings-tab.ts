import { code, cut, cutMiddle, escaped, plain } from '../../render/text.ts';
import type { Standout, Standouts } from '../../sampling/views/standouts.ts';
import { partOf } from '../pages/paged.ts';
import type { Looked, Tab } from './tabs.ts';
import { placeWithin, shareText } from './words.ts';

const PER_PAGE = 5;
const LONGEST_TITLE = 120;
const LONGEST_NAME = 60;

export const findingsTab = {
  name: 'findings',
  label: 'Findings',
  async draw({ service, recording, state, rootDir }: Looked) {
    const { found, remarks } = await service.view([recording.id], 'standouts', { rootDir });
    const { items, page, pages } = partOf(found, state.page, PER_PAGE);
    return {
      text: [
        ...(found.length === 0
          ? ['Nothing stands out.']
          : ['Of what ran, and where most of it comes from:', '', ...items.flatMap(standoutLines)]),
        ...(page === 0 ? remarks.flatMap(remarkLines) : []),
      ].join('\n'),
      pages,
      page,
    };
  },
} as const satisfies Tab;

function standoutLines(finding: Standout): string[] {
  const { title, advice, owner, site } = finding;
  const where = site && `, in ${code(shortened(site.name))} ${code(placeWithin(site.place, LONGEST_NAME))}`;
  return [
    `**${escaped(cut(title, LONGEST_TITLE))}**: ${shareText(finding)}`,
    `for ${code(shortened(owner))}${where ?? ''}`,
    `-# ${advice}`,
  ];
}

function remarkLines({ head, rows }: Standouts['remarks'][number]): string[] {
  return [
    '',
    `**${head}**`,
    ...rows.map(
      ({ name, place, text }) =>
        `${code(shortened(name))} ${code(placeWithin(place, LONGEST_NAME))}: ${text}`,
    ),
  ];
}

function shortened(name: string): string {
  return cutMiddle(plain(name), LONGEST_NAME);
}
