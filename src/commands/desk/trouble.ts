import type { ProfilerError } from '../../errors.ts';
import type { Page } from '../../render/page.ts';
import { sentence } from '../../render/text.ts';
import type { StoreError } from '../../store/store-error.ts';

/** What is said where we did something wrong. */
export const OUR_FAULT: Page = {
  title: 'Something went wrong in the profiler',
  text: 'Your bot is not affected. The log has the details.',
  tone: 'bad',
};

/** What is said where the owner did. */
export function ownerTrouble({ message }: ProfilerError): Page {
  return { title: 'That did not work', text: sentence(message), tone: 'warning' };
}

/** What is said where the store did. */
export function storeTrouble({ message }: StoreError): Page {
  return {
    title: 'The store does not do its part',
    text: `${sentence(message)}\n\nYour bot is not affected. What is recorded meanwhile stays in memory, and is written when the store is back.`,
    tone: 'warning',
  };
}
