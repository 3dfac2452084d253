import { describe, expect, test } from 'vitest';
import { PROFILE_FORMATS } from '../../../src/sampling/formats/index.ts';
import { optionsFor } from '../../../src/sampling/formats/options.ts';
import { unpack } from '../../../src/sampling/viewers/client/model.ts';
import { comparisonPage, flameGraphPage } from '../../../src/sampling/viewers/flame-graph.ts';
import { heatmapPage } from '../../../src/sampling/viewers/heatmap.ts';
import { pack } from '../../../src/sampling/viewers/pack.ts';
import type { Payload } from '../../../src/sampling/viewers/payload.ts';
import {
  buildProfile,
  HOSTILE_NAMES,
  hostileProfile,
  largeProfile,
  recordedUs,
  samplesOf,
} from '../build.ts';
import { busyBot, changedBot } from './busy-bot.ts';

const PAGES = [
  ['flame graph', flameGraphPage],
  ['heatmap', heatmapPage],
  ['comparison', (profile: ReturnType<typeof busyBot>) => comparisonPage(busyBot(), profile)],
] as const;

/** What a page carries, read the way a browser finds it: up to the first end of the element. */
function payloadOf(html: string): Payload {
  const [, json] = /<script type="application\/json" id="payload">(.*?)<\/script/s.exec(html)!;
  return JSON.parse(json!) as Payload;
}

describe.each(PAGES)('the page of a %s', (_name, page) => {
  test('is one file that names no other, and allows itself nothing', () => {
    const html = page(busyBot());
    expect(html.match(/<script/g)).toHaveLength(2);
    expect(html).not.toMatch(/<link|<img|<iframe|@import|url\(|import\(|fetch\(|innerHTML|\beval\b/);
    // The name of a vocabulary, which nobody loads.
    expect(html.replaceAll('http://www.w3.org/2000/svg', '')).not.toMatch(/https?:\/\//);
    expect(html).toMatch(
      /content="default-src 'none'; script-src 'sha256-[\w+/=]{44}'; style-src 'sha256-[\w+/=]{44}'; base-uri 'none'; form-action 'none'"/,
    );
  });

  test('is the same for the same, and leaves the profile as it was', () => {
    const profile = busyBot();
    const before = structuredClone(profile);
    expect(page(profile)).toBe(page(profile));
    expect(profile).toEqual(before);
  });

  test('carries hostile names whole, in text that cannot end where it stands', () => {
    const html = page(hostileProfile());
    const json = html.slice(
      html.indexOf('id="payload">') + 13,
      html.indexOf('</script>', html.indexOf('id="payload">')),
    );
    expect(json).not.toContain('<');
    const { strings } = payloadOf(html);
    // Half a character cannot be written into a file; JSON writes it out.
    expect(strings).toEqual(expect.arrayContaining(HOSTILE_NAMES.filter((name) => name !== '')));
    const head = html.slice(0, html.indexOf('<style>'));
    expect(head).toContain('line\nbreak');
    expect(head).not.toMatch(/<img|onerror=[^&]*>/);
  });

  test('is made of no samples, too', () => {
    expect(payloadOf(page(buildProfile([]))).cells.node.length).toBeGreaterThanOrEqual(0);
  });
});

test('a page has all samples of a large profile, and each text once', () => {
  const profile = largeProfile();
  const payload = payloadOf(flameGraphPage(profile));
  const sum = (column: readonly number[]) => column.reduce((all, one) => all + one, 0);
  expect(payload.nodes.frame).toHaveLength(60_000);
  expect(sum(payload.cells.weightUs)).toBe(recordedUs(profile));
  expect(sum(payload.cells.count)).toBe(samplesOf(profile));
  expect(new Set(payload.strings).size).toBe(payload.strings.length);
  const model = unpack(payload);
  expect(Uint32Array.from(model.nodes.label)).toEqual(profile.nodes.frame);
  expect(model.nodes.parent).toEqual(profile.nodes.parent);
});

test('a comparison carries both recordings, and the lines of the newer one', () => {
  const { runs, threads, cells, lines } = pack([busyBot(), changedBot()], {});
  expect(runs).toHaveLength(2);
  expect(threads.map(({ run }) => run)).toEqual([0, 0, 0, 1, 1, 1]);
  expect(new Set(cells.thread).size).toBe(6);
  const ticks = (profile: ReturnType<typeof busyBot>) =>
    profile.nodes.lines.ticks.reduce((all, one) => all + one, 0);
  expect(lines.ticks.reduce((all, one) => all + one, 0)).toBe(ticks(changedBot()));
});

test('code is in a page only if it was asked for', () => {
  const profile = {
    ...busyBot(),
    sources: [
      { file: '/srv/bot/cogs/music.js', text: 'const secret = 1;' },
      { file: '/srv/bot/never-ran.js', text: 'const other = 2;' },
    ],
  };
  for (const format of PROFILE_FORMATS.filter(({ extension }) => extension === 'html')) {
    const encoded = (includeSource: boolean) =>
      String(format.encode(profile, optionsFor(format, { includeSource })));
    expect(encoded(false)).not.toContain('secret = 1');
    expect(encoded(true)).toContain('secret = 1');
    expect(encoded(true)).not.toContain('other = 2');
    expect(format.encode(profile, optionsFor(format))).toBe(encoded(false));
  }
});
