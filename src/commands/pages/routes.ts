import { cut } from '../../render/text.ts';

const LEFT_OUT = '…';
const SHORT_METHODS: Readonly<Record<string, string>> = { DELETE: 'DEL' };
const PARAMETER = ':';

/**
 * A route in so many characters. What it begins with is left out, up to a name that is no parameter:
 * `PATCH …/messages/:id`.
 */
export function shortRoute(route: string, width: number): string {
  if (route.length <= width) return route;
  const [method = '', ...rest] = route.split(' ');
  const short = SHORT_METHODS[method] ?? method;
  const path = rest.join(' ');
  if (short.length + 1 + path.length <= width) return `${short} ${path}`;
  const parts = path.split('/').slice(1);
  const shortened = parts
    .map((_, at) => at)
    .filter((at) => !parts[at]!.startsWith(PARAMETER))
    .map((at) => `${short} ${LEFT_OUT}/${parts.slice(at).join('/')}`);
  return shortened.find((text) => text.length <= width) ?? cut(shortened.at(-1) ?? route, width);
}
