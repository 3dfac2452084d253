import type { InteractionPath } from '../frameworks/interactions.ts';
import { Ledger, Rows } from '../store/ledger.ts';
import { AckFigures, type SentFigures } from './figures.ts';

/** A bot that puts words into custom ids has any number of them: the rest is counted together. */
const MOST_PATHS = 300;
const OTHERS = '(others)';

const KIND = {
  create: (path: InteractionPath) => new AckFigures(path),
  keyOf: ({ kind, name }: SentFigures): InteractionPath => ({ kind, name }),
  textOf: ({ kind, name }: InteractionPath) => `${kind} ${name}`,
  placeOf: (path: InteractionPath, rows: number) =>
    rows < MOST_PATHS ? path : { kind: path.kind, name: OTHERS },
};

/** The figures of each command. */
export class AckRows extends Rows<InteractionPath, AckFigures, SentFigures> {
  constructor() {
    super(KIND);
  }
}

/** The figures of each command: of each slot of the last hour, and of what was before. */
export class AckLedger extends Ledger<InteractionPath, AckFigures, SentFigures> {
  constructor() {
    super(KIND);
  }
}
