import type { AnyFunction } from '../../cog/target.ts';
import { dataValue } from '../objects.ts';

/** A library that runs functions by the clock. */
export interface Scheduler {
  readonly packages: readonly string[];
  /** Where the library runs a function of its own that calls the bot's: the variable that has the bot's there. */
  readonly wrapped?: string;
  /** Absent where its functions are found in plain timers, or in the jobs of another library. */
  readonly jobs?: JobKeeping;
}

/** The variables that a function closes over, by name. */
export type Variables = ReadonlyMap<string, unknown>;

/** How a library keeps its jobs. All of it is asked of objects that may be anything, and must not throw. */
export interface JobKeeping {
  /** Where jobs can be seen, told by a function of the library that a timer, or a job of another library, runs. */
  locate(clue: FunctionOfLibrary): JobSources | undefined;
  /** The job that an entry of a list stands for, where it is not the job itself. */
  jobOf?(entry: unknown): unknown;
  /**
   * What runs a job: a Timeout, or a job of another library. Any of them may be missing; where all are, it is what is
   * running when a tap is called on the job.
   */
  runners(job: object): readonly unknown[];
  /** Whether a job will run, where its runners do not tell. */
  isScheduled?(job: object): boolean;
  /** Where the functions live that a job runs: `holder[key]`. */
  places(job: object): readonly (readonly [holder: unknown, key: PropertyKey])[];
  /** What the bot calls the job, or else when it runs. */
  nameOf(job: object): string | undefined;
}

interface FunctionOfLibrary {
  /** Those around the function. */
  readonly variables: Variables;
  readonly closureOf: (fn: AnyFunction) => Variables;
  /** Where the function was written. */
  readonly file: string;
}

export interface JobSources {
  /** Where no list has the jobs. */
  readonly taps?: readonly Tap[];
  /** The library's own lists, which change as jobs come and go. */
  readonly lists?: readonly (readonly unknown[])[];
}

/** Methods that the library itself calls on its jobs, by which those become known. */
interface Tap {
  readonly prototype: object;
  /** Called when a job is started. */
  readonly starts?: readonly string[];
  /** Called when its time has come, before the bot's function is. */
  readonly fires?: readonly string[];
}

/** What `locate` returns for a library with one class of jobs. */
export function tapsOn(
  prototype: object | undefined,
  methods: Omit<Tap, 'prototype'>,
): JobSources | undefined {
  return prototype && { taps: [{ prototype, ...methods }] };
}

/** What the instances of a class inherit from. */
export function prototypeOf(type: unknown): object | undefined {
  const prototype = typeof type === 'function' ? dataValue(type, 'prototype') : undefined;
  return typeof prototype === 'object' && prototype !== null ? prototype : undefined;
}

/** That of the class among the variables which has all these methods. Minifiers rename classes, but not methods. */
export function prototypeWith(variables: Variables, methods: readonly string[]): object | undefined {
  return [...variables.values()]
    .map(prototypeOf)
    .find((prototype) => methods.every((method) => typeof dataValue(prototype, method) === 'function'));
}

/** The value at the end of a path of data properties. */
export function valueAt(object: unknown, ...path: readonly PropertyKey[]): unknown {
  return path.reduce(dataValue, object);
}

/** The same, where it is a text that says something. */
export function textAt(object: unknown, ...path: readonly PropertyKey[]): string | undefined {
  const text = valueAt(object, ...path);
  return typeof text === 'string' && text.trim() !== '' ? text : undefined;
}
