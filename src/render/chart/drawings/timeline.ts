import { isEmpty, type Panel, shownOf, type Timeline } from '../timeline.ts';
import { axisOf } from '../value-axis.ts';
import { drawCard, drawTitle, PADDING, TITLE_HEIGHT } from './card.ts';
import { type Drawing, WIDTH } from './drawing.ts';
import { drawHeader, HEADER_HEIGHT } from './header.ts';
import { drawPlot, TIME_AXIS_HEIGHT, widthOfAxes } from './plot.ts';

/** Half of "now" stands to the right of the plots. */
const RIGHT = WIDTH - PADDING - 8;
const BELOW = 6;
/** Lines need height to tell p50 from p95; bars are read from their neighbours. */
const PLOT_HEIGHTS = { line: 96, bars: 54 } as const;

/** Figures over time: panels one above the other, each with a legend and an axis of its own, over one time axis. */
export const timeline = {
  name: 'timeline',
  isEmpty,

  size({ title, panels }) {
    const heights = panels.map((panel) => HEADER_HEIGHT + plotHeight(panel));
    const titleHeight = title === undefined ? 0 : TITLE_HEIGHT;
    return {
      width: WIDTH,
      height: heights.reduce((a, b) => a + b, PADDING + titleHeight + TIME_AXIS_HEIGHT + BELOW),
    };
  },

  draw(context, description) {
    const shown = shownOf(description);
    const { title, panels } = shown;
    drawCard(context, this.size(description).height);
    let top = PADDING;
    if (title !== undefined) {
      drawTitle(context, title, top);
      top += TITLE_HEIGHT;
    }
    const axes = panels.map((panel) => axisOf(panel, plotHeight(panel)));
    // Above each other, plots of the same time must begin and end at the same place.
    const left = PADDING + widthOfAxes(context, axes);
    panels.forEach((panel, index) => {
      drawHeader(context, panel, { left: PADDING, right: RIGHT, top });
      top += HEADER_HEIGHT;
      const area = { left, right: RIGHT, top, bottom: top + plotHeight(panel) };
      drawPlot(context, {
        timeline: shown,
        panel,
        axis: axes[index]!,
        area,
        isLast: index === panels.length - 1,
      });
      top = area.bottom;
    });
  },
} as const satisfies Drawing<'timeline', Timeline>;

function plotHeight({ series }: Panel): number {
  return PLOT_HEIGHTS[series.some(({ style }) => style === 'line') ? 'line' : 'bars'];
}
