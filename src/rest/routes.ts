/** Bots have some dozens of them; those that put what varies into a route have any number. */
const MOST_ROUTES = 1_000;
/** What may follow these names is no id, and yet another one each time. */
const CODES = /\/(invites|templates)\/[^/?]+/;

/** The names of routes, made once each, as that takes longer than to find one. */
export class Routes {
  readonly #byPath = new Map<string, { readonly method: string; readonly route: string }[]>();

  /**
   * Such as `PATCH /channels/:id`.
   * @param bucketRoute as the REST manager makes it: without ids and tokens
   */
  of(method: string, bucketRoute: string): string {
    let known = this.#byPath.get(bucketRoute);
    if (known === undefined) {
      if (this.#byPath.size >= MOST_ROUTES) this.#byPath.clear();
      this.#byPath.set(bucketRoute, (known = []));
    }
    for (const own of known) if (own.method === method) return own.route;
    const route = routeOf(method, bucketRoute);
    known.push({ method, route });
    return route;
  }
}

function routeOf(method: string, bucketRoute: string): string {
  const query = bucketRoute.indexOf('?');
  const path = query === -1 ? bucketRoute : bucketRoute.slice(0, query);
  return `${method} ${path.replace(CODES, '/$1/:code').replace('%40', '@')}`;
}
