import type { APIButtonComponentWithCustomId, APIStringSelectComponent } from 'discord.js';
import { cut } from '../render/text.ts';

const BUTTON = 2;
const STRING_SELECT = 3;
const STYLES = { primary: 1, secondary: 2, danger: 4 } as const;

/** A button; `disabled` for what cannot be done now, so that its place does not jump. */
export function button(
  customId: string,
  label: string,
  style: keyof typeof STYLES = 'secondary',
  disabled = false,
): APIButtonComponentWithCustomId {
  return { type: BUTTON, custom_id: customId, label: cut(label, 80), style: STYLES[style], disabled };
}

/** A menu of which one entry is chosen. */
export function select(
  customId: string,
  entries: readonly { value: string; label: string; description?: string }[],
  chosen: string,
): APIStringSelectComponent {
  return {
    type: STRING_SELECT,
    custom_id: customId,
    options: entries.map((entry) => ({ ...entry, default: entry.value === chosen })),
  };
}
