import type { GivenFile } from '../../wire.ts';
import { h, icon } from '../dom.ts';
import { pickFiles, readFile } from './files.ts';

/** The files that go with the next message. */
export class StagedFiles {
  readonly element = h('div', { class: 'composer-files', hidden: true });
  #files: GivenFile[] = [];

  get isEmpty(): boolean {
    return this.#files.length === 0;
  }

  /** @throws Error where a file is too large */
  async add(): Promise<void> {
    try {
      for (const file of await pickFiles(true)) this.#files.push(await readFile(file));
    } finally {
      this.#show();
    }
  }

  /** They are sent now, or not at all. */
  take(): readonly GivenFile[] {
    const files = this.#files;
    this.#files = [];
    this.#show();
    return files;
  }

  #show(): void {
    this.element.hidden = this.isEmpty;
    this.element.replaceChildren(
      ...this.#files.map((file) => {
        const remove = () => {
          this.#files = this.#files.filter((other) => other !== file);
          this.#show();
        };
        return h(
          'span',
          { class: 'composer-file' },
          icon('file'),
          file.filename,
          h(
            'button',
            {
              type: 'button',
              class: 'icon-button',
              'aria-label': `Remove ${file.filename}`,
              on: { click: remove },
            },
            icon('close'),
          ),
        );
      }),
    );
  }
}
