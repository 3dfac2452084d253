import type { Subject } from './subject.ts';

export const cogscope = {
  name: 'cogscope',
  async load() {
    const { Attachment, MetricStore, propertySlot, Recorder } = await import('../internals.ts');
    const recorder = new Recorder(new MetricStore());
    return (holder, name) => {
      const id = `bench/command/${name}`;
      const slot = propertySlot(holder, 'execute');
      const target = { id, cog: 'bench', kind: 'command', name, slot } as const;
      new Attachment(target, recorder).record(target, recorder.open(id));
    };
  },
} as const satisfies Subject;
