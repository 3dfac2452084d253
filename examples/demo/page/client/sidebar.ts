import type { Person, Place, Snapshot, Whence } from '../wire.ts';
import { avatar, h, icon } from './dom.ts';

/** The server, its channels, the direct messages with the bot, and who the visitor is. */
export function sidebar(snapshot: Snapshot, visit: (whence: Whence) => void): HTMLElement {
  const { guild, places, place, me, people } = snapshot;
  const channels = places.filter(({ isDirect }) => !isDirect);
  const direct = places.filter(({ isDirect }) => isDirect);
  const go = (to: Place) => visit({ as: me.name, place: to.id });
  const initials = guild
    .split(/\s+/)
    .map((word) => word[0])
    .join('');
  return h(
    'nav',
    { class: 'sidebar', 'aria-label': 'Channels' },
    h(
      'div',
      { class: 'rail' },
      railButton(
        icon('chat'),
        'Direct messages',
        place.isDirect,
        () => direct[0] !== undefined && go(direct[0]),
      ),
      h('div', { class: 'rail-line' }),
      railButton(initials, guild, !place.isDirect, () => channels[0] !== undefined && go(channels[0])),
    ),
    h(
      'div',
      { class: 'channels' },
      h('h2', {}, place.isDirect ? 'Direct Messages' : guild),
      h(
        'ul',
        {},
        ...(place.isDirect ? direct : channels).map((one) => placeItem(one, place, snapshot.bot, go)),
      ),
      userPanel(me, people, (as) => visit({ as, place: place.isDirect ? '' : place.id })),
    ),
  );
}

function railButton(face: Node | string, label: string, isCurrent: boolean, go: () => void): HTMLElement {
  return h(
    'button',
    {
      type: 'button',
      class: `rail-button${isCurrent ? ' current' : ''}`,
      title: label,
      'aria-label': label,
      on: { click: go },
    },
    face,
  );
}

function placeItem(place: Place, current: Place, bot: Person, go: (place: Place) => void): HTMLElement {
  const isCurrent = place.id === current.id;
  return h(
    'li',
    {},
    h(
      'button',
      {
        type: 'button',
        class: 'place',
        'aria-current': isCurrent && 'page',
        on: { click: () => go(place) },
      },
      place.isDirect ? avatar(bot, 'large') : icon('hash'),
      place.name,
    ),
  );
}

/** Who the visitor acts as: the owner, or somebody who may not use the profiler. */
function userPanel(me: Person, people: readonly Person[], become: (name: string) => void): HTMLElement {
  const select = h(
    'select',
    { 'aria-label': 'Act as', on: { change: () => become(select.value) } },
    ...people.map(({ name }) => h('option', { value: name, selected: name === me.name }, name)),
  );
  return h(
    'div',
    { class: 'user-panel' },
    avatar(me, 'large'),
    h('label', {}, h('span', { class: 'user-panel-label' }, 'You are'), select),
  );
}
