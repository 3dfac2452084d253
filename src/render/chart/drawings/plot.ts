import type { SKRSContext2D } from '@napi-rs/canvas';
import {
  BarController,
  BarElement,
  Chart,
  type ChartConfiguration,
  type ChartDataset,
  LinearScale,
  LineController,
  LineElement,
  LogarithmicScale,
  PointElement,
  type Scale,
} from 'chart.js';
import { withCanvas } from '../canvas.ts';
import { CHART_FONT, FONTS } from '../lettering.ts';
import { GRID, QUIET_TEXT } from '../palette.ts';
import { barsOf, extentOf, lineOf } from '../steps.ts';
import { timeTicks } from '../time-axis.ts';
import type { Panel, Series, Timeline } from '../timeline.ts';
import type { Tick, ValueAxis } from '../value-axis.ts';
import { PIXEL_RATIO, WIDTH } from './drawing.ts';
import { strokeOf } from './strokes.ts';

Chart.register(
  BarController,
  BarElement,
  LineController,
  LineElement,
  LinearScale,
  LogarithmicScale,
  PointElement,
);

/** The labels of the time, below the last plot. */
export const TIME_AXIS_HEIGHT = 22;

/** Labels of the values reach above and below the plot by half their height. */
const OVERHANG = 8;
const LABEL_GAP = 6;
const GRID_WIDTH = 0.7;
/** Bars that are wide enough stand apart. */
const BAR_GAP = 1;
const WIDE_BAR = 4;
/** What little there is must be seen, as one error in thousands of calls. */
const LEAST_BAR_HEIGHT = 2;
const LONE_RADIUS = 3.2;

type Kind = 'line' | 'bar';

interface Plot {
  readonly timeline: Timeline;
  readonly panel: Panel;
  readonly axis: ValueAxis;
  /** Without the labels of its axes. */
  readonly area: {
    readonly left: number;
    readonly right: number;
    readonly top: number;
    readonly bottom: number;
  };
  /** Whether the time is written below it. */
  readonly isLast: boolean;
}

/** How much room the labels of the values need, for all plots alike. */
export function widthOfAxes(context: SKRSContext2D, axes: readonly ValueAxis[]): number {
  context.font = FONTS.text;
  const widths = axes.flatMap(({ ticks }) => ticks.map(({ label }) => context.measureText(label).width));
  return Math.ceil(Math.max(...widths)) + LABEL_GAP;
}

/** Chart.js takes a canvas for itself alone: it draws on one of its own, which is then put into the picture. */
export function drawPlot(context: SKRSContext2D, plot: Plot): void {
  const { top, bottom } = plot.area;
  const height = bottom - top + OVERHANG + (plot.isLast ? TIME_AXIS_HEIGHT : OVERHANG);
  // In logical pixels: it is Chart.js that multiplies them.
  withCanvas(WIDTH, height, (canvas) => {
    // The types of Chart.js are those of a browser.
    const chart = new Chart(canvas as never, configure(plot));
    context.drawImage(canvas, 0, top - OVERHANG, WIDTH, height);
    chart.destroy();
  });
}

function configure({ timeline, panel, axis, area, isLast }: Plot): ChartConfiguration<Kind> {
  const [first, last] = extentOf(timeline);
  const stepWidth = ((area.right - area.left) * timeline.stepMs) / (last - first);
  const times = timeTicks(timeline.fromEpochMs, timeline.toEpochMs);
  return {
    type: 'line',
    data: {
      datasets: panel.series.map((series, index) => ({
        ...datasetOf(series, timeline.stepMs, stepWidth, axis),
        // Bars stand on each other; lines do not.
        stack: series.style === 'bars' ? 'bars' : `line ${index}`,
      })),
    },
    options: {
      animation: false,
      responsive: false,
      events: [],
      parsing: false,
      devicePixelRatio: PIXEL_RATIO,
      layout: {
        autoPadding: false,
        padding: { left: 0, right: WIDTH - area.right, top: OVERHANG, bottom: isLast ? 0 : OVERHANG },
      },
      scales: {
        x: {
          ...scaleOf(times, isLast, { height: isLast ? TIME_AXIS_HEIGHT : 0 }),
          type: 'linear',
          min: first,
          max: last,
          offset: false,
        },
        y: {
          ...scaleOf(axis.ticks, true, { width: area.left }),
          type: axis.type,
          min: axis.min,
          max: axis.max,
          stacked: true,
        },
      },
    },
  };
}

/** What both axes have: just these ticks, and just this size. */
function scaleOf(ticks: readonly Tick[], isLabelled: boolean, size: { width: number } | { height: number }) {
  return {
    border: { display: false },
    grid: { color: GRID, lineWidth: GRID_WIDTH, tickLength: 0, offset: false },
    ticks: {
      display: isLabelled,
      color: QUIET_TEXT,
      font: CHART_FONT,
      padding: LABEL_GAP,
      autoSkip: false,
      maxRotation: 0,
      callback: (_: unknown, index: number) => ticks[index]!.label,
    },
    afterBuildTicks(scale: Scale) {
      scale.ticks = ticks.map(({ value }) => ({ value }));
    },
    // No room for labels that reach beyond the ends of an axis: plots above each other must not differ in it.
    afterFit(scale: Scale) {
      Object.assign(scale, { paddingLeft: 0, paddingRight: 0, paddingTop: 0, paddingBottom: 0, ...size });
    },
  };
}

function datasetOf(series: Series, stepMs: number, stepWidth: number, axis: ValueAxis): ChartDataset<Kind> {
  const { style, points } = series;
  const { colour, width, dash, mark, radius } = strokeOf(series);
  if (style === 'bars') {
    return {
      type: 'bar',
      data: barsOf(points, stepMs),
      backgroundColor: colour,
      inflateAmount: 0,
      barThickness: Math.max(1, stepWidth >= WIDE_BAR ? stepWidth - BAR_GAP : stepWidth),
      minBarLength: LEAST_BAR_HEIGHT,
    };
  }
  const marks = lineOf(points, stepMs);
  return {
    type: 'line',
    // A logarithmic axis has no 0: what took no time stands at its lower end.
    data: axis.type === 'linear' ? marks : marks.map((each) => ({ ...each, y: Math.max(each.y, axis.min) })),
    // What stands at an end is not cut in half.
    clip: false,
    borderColor: colour,
    borderWidth: width,
    borderDash: [...dash],
    borderJoinStyle: 'round',
    pointStyle: mark,
    pointRadius: marks.map(({ isAlone }) => (isAlone ? LONE_RADIUS : radius)),
    pointBorderWidth: 0,
    pointBackgroundColor: colour,
  };
}
