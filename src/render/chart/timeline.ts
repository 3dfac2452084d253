/** What a picture of figures over time shows: plain data, so that it can be sent to the thread that draws. */
export interface Timeline {
  readonly title?: string;
  /** The window that is shown; its end is called "now". */
  readonly fromEpochMs: number;
  readonly toEpochMs: number;
  /** The span of time that one point stands for. */
  readonly stepMs: number;
  /** One above the other, over the same time. The first is the subject. */
  readonly panels: readonly Panel[];
}

export interface Panel {
  readonly label: string;
  readonly unit: Unit;
  /** Without it, lines of durations that lie far apart get a logarithmic axis. Bars always begin at 0. */
  readonly scale?: 'linear' | 'log';
  readonly series: readonly Series[];
}

/** How values are written. Durations are in ms, percents from 0 to 100. */
export type Unit = 'duration' | 'count' | 'bytes' | 'percent';

export interface Series {
  readonly label: string;
  /** What the series is in the panel: its colour and its dashes follow from that. */
  readonly role: Role;
  /** The bars of a panel stand on each other: none may count what another counts already. */
  readonly style: 'line' | 'bars';
  readonly points: readonly Point[];
}

export type Role = 'typical' | 'high' | 'worst' | 'amount' | 'bad';

/**
 * The start of a step, in Unix ms, and the value in it. A step without a point, or with NaN, was not measured: a line
 * ends before it, and begins again after it.
 */
export type Point = readonly [epochMs: number, value: number];

/** Only what is in the window, and was measured. */
export function shownOf(timeline: Timeline): Timeline {
  const { fromEpochMs, toEpochMs, stepMs } = timeline;
  const isShown = ([epochMs, value]: Point) =>
    epochMs > fromEpochMs - stepMs && epochMs < toEpochMs && Number.isFinite(value);
  const panels = timeline.panels.map((panel) => ({
    ...panel,
    series: panel.series.map((series) => ({ ...series, points: series.points.filter(isShown) })),
  }));
  return { ...timeline, panels };
}

/** Whether there is nothing to draw: nothing was measured in the window. */
export function isEmpty(timeline: Timeline): boolean {
  return shownOf(timeline).panels.every(({ series }) => series.every(({ points }) => points.length === 0));
}
