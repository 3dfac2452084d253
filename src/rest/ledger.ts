import { Ledger, Rows } from '../store/ledger.ts';
import type { RestOwner } from './call.ts';
import { RestFigures, type RestKey, type SentRestFigures } from './figures.ts';

/** So many owners and routes are told apart, then so many routes; the rest is counted together. */
const MOST_ROWS = 400;
const MOST_ROUTES = 100;
const OTHERS = '(others)';
const OTHER_OWNERS: RestOwner = { kind: 'method', name: OTHERS };

const KIND = {
  create: (key: RestKey) => new RestFigures(key),
  keyOf: ({ owner, route }: SentRestFigures): RestKey => ({ owner: owner ?? undefined, route }),
  textOf: ({ owner, route }: RestKey) =>
    typeof owner === 'object' ? `${route} ${owner.kind} ${owner.name}` : `${route} ${owner ?? ''}`,
  placeOf: ({ owner, route }: RestKey, rows: number): RestKey => {
    if (rows < MOST_ROWS) return { owner, route };
    return { owner: OTHER_OWNERS, route: rows < MOST_ROWS + MOST_ROUTES ? route : OTHERS };
  },
};

/** The figures by owner and route. */
export class RestRows extends Rows<RestKey, RestFigures, SentRestFigures> {
  constructor() {
    super(KIND);
  }
}

/** The same, of each slot of the last hour, and of what was before. */
export class RestLedger extends Ledger<RestKey, RestFigures, SentRestFigures> {
  constructor() {
    super(KIND);
  }
}
