import { clock } from './clock.ts';
import { cogscope } from './cogscope.ts';
import { openTelemetryHistogram, openTelemetrySpan } from './opentelemetry.ts';
import { performanceNow, timerify } from './performance.ts';
import { promClientFourLabels, promClientOneLabel } from './prom-client.ts';
import { sentry } from './sentry.ts';
import type { Subject } from './subject.ts';
import { tracing } from './tracing-channel.ts';

const LIST = [
  clock,
  cogscope,
  performanceNow,
  tracing,
  timerify,
  openTelemetryHistogram,
  promClientOneLabel,
  promClientFourLabels,
  openTelemetrySpan,
  sentry,
] as const satisfies readonly Subject[];

export type SubjectName = (typeof LIST)[number]['name'];

/** Everyone who times calls. A new one is one file here and one line in this list. */
export const SUBJECTS: readonly (Subject & { readonly name: SubjectName })[] = LIST;
