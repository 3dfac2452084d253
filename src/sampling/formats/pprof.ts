import { gzipSync } from 'node:zlib';
import { Profile as Pprof, StringTable } from 'pprof-format';
import { grouped } from '../grouped.ts';
import type { ProfileFormat } from './format.ts';
import { encodeSamples, Places } from './pprof-samples.ts';

const NS_PER_US = 1_000;
const NS_PER_MS = 1_000_000n;
/** Little is gained by more: the stacks repeat, and the levels beyond take several times as long. */
const GZIP_LEVEL = 1;
/** Everything is in the same one. */
const MAPPING_ID = 1;

/**
 * pprof's `profile.proto`, gzipped. Time in which nothing ran is none of the CPU, but of what the clock shows; samples
 * that are alike are one, with whom they belong to as labels.
 */
export const pprof: ProfileFormat = {
  name: 'pprof',
  label: 'pprof',
  extension: 'pb.gz',
  mediaType: 'application/gzip',
  viewers: ['pprof', 'Grafana Pyroscope', 'Parca', 'speedscope'],
  takes: ['group'],
  encode(profile, { group }) {
    const shown = grouped(profile, group);
    const strings = new StringTable();
    const text = (value: string) => strings.dedup(value.toWellFormed());
    const valueType = (type: string, unit: string) => ({ type: text(type), unit: text(unit) });
    const places = new Places(shown);
    const samples = encodeSamples(shown, places, text);
    const rest = new Pprof({
      sampleType: [
        valueType('samples', 'count'),
        valueType('cpu', 'nanoseconds'),
        valueType('wall', 'nanoseconds'),
      ],
      defaultSampleType: text('cpu'),
      mapping: [
        {
          id: MAPPING_ID,
          filename: text(shown.name),
          hasFunctions: true,
          hasFilenames: true,
          hasLineNumbers: true,
        },
      ],
      location: places.all.map(({ frame, line }, index) => ({
        id: index + 1,
        mappingId: MAPPING_ID,
        line: [{ functionId: frame + 1, line }],
      })),
      function: shown.frames.map(({ name, file, line }, frame) => ({
        id: frame + 1,
        name: text(name),
        systemName: text(name),
        filename: text(file),
        startLine: line,
      })),
      stringTable: strings,
      timeNanos: BigInt(Math.round(shown.startedAtEpochMs)) * NS_PER_MS,
      durationNanos: Math.round(shown.durationUs * NS_PER_US),
      periodType: valueType('cpu', 'nanoseconds'),
      period: Math.round(shown.intervalUs * NS_PER_US),
      comment: [text(`Node ${shown.nodeVersion}`)],
    });
    return gzipSync(Buffer.concat([rest.encode(), samples]), { level: GZIP_LEVEL });
  },
};
