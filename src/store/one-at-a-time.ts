/** What runs one thing at a time: each waits until those that came before it are over, however they ended. */
export type OneAtATime = <T>(act: () => Promise<T>) => Promise<T>;

export function oneAtATime(): OneAtATime {
  let last: Promise<unknown> = Promise.resolve();
  return (act) => {
    const done = last.then(act);
    last = done.catch(() => undefined);
    return done;
  };
}
