/** Why there is no picture. */
export type DrawingProblem =
  /** Nothing can be drawn in this process: a platform without the library, or one that may not start threads. */
  | 'unavailable'
  /** It took too long. */
  | 'deadline'
  /** Too many pictures are waiting already. */
  | 'busy'
  /** The drawing itself went wrong. */
  | 'failed'
  /** Nothing is drawn any more. */
  | 'closed';

/** Thrown where there is no picture; what it would have shown is to be said in text. */
export class DrawingError extends Error {
  override readonly name = 'DrawingError';
  readonly problem: DrawingProblem;

  constructor(problem: DrawingProblem, message: string, options?: ErrorOptions) {
    super(message, options);
    this.problem = problem;
  }
}
