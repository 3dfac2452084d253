import type { Snapshot, Whence } from '../wire.ts';
import { listen } from './api.ts';
import { Composer } from './composer/composer.ts';
import { h, icon } from './dom.ts';
import { MessageList } from './message-list.ts';
import { openModal } from './modal.ts';
import { Session } from './session.ts';
import { sidebar } from './sidebar.ts';
import { currentTheme, setTheme, startTheme } from './theme.ts';
import { keepTimes } from './time.ts';

const root = document.querySelector<HTMLElement>('#app')!;
let stopListening = () => {};

/** Goes to a place as somebody, and stays until the next visit. */
function visit(whence: Whence): void {
  stopListening();
  let list: MessageList | undefined;
  stopListening = listen(whence, {
    snapshot(snapshot) {
      // Also after the connection was lost: what is typed and what was dismissed stays.
      if (list !== undefined) list.reset(snapshot.messages);
      else list = draw(snapshot);
    },
    changes: (changes) => list?.apply(changes),
    connection: showConnection,
  });
}

function draw(snapshot: Snapshot): MessageList {
  const { me, place } = snapshot;
  rememberInAddress({ as: me.name, place: place.name });
  const session = new Session(snapshot, {
    openModal: (id, modal) => openModal(id, modal, session),
  });
  const placeName = place.isDirect ? `@${place.name}` : `#${place.name}`;
  const list = new MessageList(snapshot, session, {
    openCommand: (name) => void composer.insertCommand(name),
    openPlace: (id) => visit({ as: me.name, place: id }),
  });
  const composer = new Composer(session, `Message ${placeName}`, {
    command: (name, options) => void list.send(name, session.interact('run', { command: name, options })),
    message: (content, files) => session.act('say', { content, files }),
  });
  const setOpen = (isOpen: boolean) => root.classList.toggle('sidebar-open', isOpen);
  setOpen(false);
  root.replaceChildren(
    sidebar(snapshot, visit),
    h('div', { class: 'shade', on: { click: () => setOpen(false) } }),
    h(
      'main',
      {},
      header(snapshot, () => setOpen(true)),
      list.element,
      composer.element,
    ),
  );
  document.title = placeName;
  list.showEnd();
  // A finger would have the keyboard pop up.
  if (matchMedia('(pointer: fine)').matches) composer.focus();
  return list;
}

function header({ place }: Snapshot, openSidebar: () => void): HTMLElement {
  const switchTheme = () => {
    setTheme(currentTheme() === 'dark' ? 'light' : 'dark');
    theme.replaceChildren(icon(currentTheme() === 'dark' ? 'sun' : 'moon'));
  };
  const theme = h(
    'button',
    { type: 'button', class: 'icon-button', 'aria-label': 'Light or dark', on: { click: switchTheme } },
    icon(currentTheme() === 'dark' ? 'sun' : 'moon'),
  );
  return h(
    'header',
    { class: 'channel-header' },
    h(
      'button',
      {
        type: 'button',
        class: 'icon-button open-sidebar',
        'aria-label': 'Channels',
        on: { click: openSidebar },
      },
      icon('menu'),
    ),
    icon(place.isDirect ? 'at' : 'hash'),
    h('h1', {}, place.name),
    theme,
  );
}

function rememberInAddress(whence: Whence): void {
  const query = new URLSearchParams(location.search);
  for (const [name, value] of Object.entries(whence)) query.set(name, value);
  history.replaceState(null, '', `?${query}`);
}

const CONNECTION_TEXTS = {
  open: '',
  lost: 'Connection lost. Trying again…',
  ended: 'The demo has ended. Start it again, and open the address that it prints.',
} as const;

function showConnection(state: keyof typeof CONNECTION_TEXTS): void {
  const banner = document.querySelector<HTMLElement>('#connection')!;
  banner.textContent = CONNECTION_TEXTS[state];
  banner.hidden = state === 'open';
}

const query = new URLSearchParams(location.search);
startTheme(query.get('theme'));
keepTimes();
// Before anything is drawn: characters that were drawn without them stay blank in some browsers.
await Promise.allSettled([...document.fonts].map((font) => font.load()));
visit({ as: query.get('as') ?? '', place: query.get('place') ?? '' });
