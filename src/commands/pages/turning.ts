import { type Act, type Controls, type FormAction, LIVE } from '../desk/menu.ts';

type Turning = 'turn' | 'jump';

/** What leads through the pages of a list: the actions of each menu whose state has a `page`. */
export function turning<State extends { readonly page: number }>(): {
  readonly turn: Act<State>;
  readonly jump: FormAction<State>;
} {
  return {
    turn: (state, [step]) => ({ to: { ...state, page: state.page + Number(step) } }),
    jump: {
      form: () => ({
        title: 'Which page?',
        fields: [{ name: 'page', label: 'Page', required: true, longest: 5 }],
      }),
      submit: (state, answers) => {
        const page = Number(answers.get('page'));
        const isPage = Number.isInteger(page) && page > 0;
        return isPage
          ? { to: { ...state, page: page - 1 } }
          : { to: state, notice: '⚠ A page is a number, such as 2.' };
      },
    },
  };
}

/** The buttons for that; none where there is one page. */
export function turningButtons(
  { button }: Pick<Controls<never, Turning>, 'button'>,
  { page, pages }: { readonly page: number; readonly pages: number },
) {
  if (pages === 1) return [];
  return [
    button('turn', '‹', { argument: '-1' }),
    button('jump', `${page + 1}/${pages}`),
    button('turn', '›', { argument: '1' }),
  ];
}

/** The buttons that draw a page anew, once or again and again. */
export function refreshButtons({ button }: Pick<Controls<never, never>, 'button'>, isLive: boolean) {
  return [
    button('show', '↻', { style: 'primary' }),
    button(LIVE, isLive ? 'Stop live' : 'Live', { style: isLive ? 'success' : 'secondary' }),
  ];
}

/** Said under a page that draws itself. */
export const DRAWN_ANEW = 'drawn anew every 10 s';
