import type { Frame, Profile } from '../profile.ts';

/** The frames of several recordings as one list, and where in it those of each recording are. */
export interface UnifiedFrames {
  readonly frames: readonly Frame[];
  /** By recording, by the index of the frame there. */
  readonly indexes: readonly Uint32Array[];
}

/**
 * Makes one of frames that are the same function. Between two recordings the code may have been edited, and then what
 * is below the edit begins on another line: a name that a file has only once is the same function wherever it begins.
 */
export function unifyFrames(profiles: readonly Profile[]): UnifiedFrames {
  // Within one recording they are what the recorder says they are.
  if (profiles.length === 1) {
    const [{ frames }] = profiles as [Profile];
    return { frames, indexes: [Uint32Array.from(frames.keys())] };
  }
  const ambiguous = profiles.map(namesUsedTwice);
  const frames: Frame[] = [];
  const known = new Map<string, number>();
  const indexes = profiles.map((profile) =>
    Uint32Array.from(profile.frames, (frame) => {
      const name = nameInFile(frame);
      const isAmbiguous = ambiguous.some((names) => names.has(name));
      const key = isAmbiguous ? `${name}\0${frame.line}\0${frame.column}` : name;
      let index = known.get(key);
      // Of a function that was moved, the newer place is shown.
      if (index === undefined) known.set(key, (index = frames.push(frame) - 1));
      else frames[index] = frame;
      return index;
    }),
  );
  return { frames, indexes };
}

function namesUsedTwice({ frames }: Profile): ReadonlySet<string> {
  const once = new Set<string>();
  const twice = new Set<string>();
  for (const frame of frames) {
    const name = nameInFile(frame);
    (once.has(name) ? twice : once).add(name);
  }
  return twice;
}

function nameInFile({ name, file, kind }: Frame): string {
  return `${kind}\0${file}\0${name}`;
}
