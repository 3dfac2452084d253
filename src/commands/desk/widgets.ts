import type { APIButtonComponentWithCustomId, APIStringSelectComponent } from 'discord.js';
import { cut } from '../../render/text.ts';

const BUTTON = 2;
const STRING_SELECT = 3;
const STYLES = { primary: 1, secondary: 2, success: 3, danger: 4 } as const;
const MOST_ENTRIES = 25;
/** What Discord allows as the label of a button, and as the texts of an entry. */
const LONGEST_LABEL = 80;
const LONGEST_ENTRY = 100;

export interface ButtonLook {
  readonly style?: keyof typeof STYLES;
  /** For what cannot be done now, so that its place does not jump. */
  readonly disabled?: boolean;
}

export function button(
  customId: string,
  label: string,
  { style = 'secondary', disabled = false }: ButtonLook = {},
): APIButtonComponentWithCustomId {
  return {
    type: BUTTON,
    custom_id: customId,
    label: cut(label, LONGEST_LABEL),
    style: STYLES[style],
    disabled,
  };
}

export interface Entry {
  /** Up to 100 characters. */
  readonly value: string;
  readonly label: string;
  readonly description?: string;
}

export interface SelectLook {
  /** Stands there while nothing is chosen. */
  readonly placeholder?: string;
  /** How many entries can be chosen; default: exactly one. */
  readonly least?: number;
  readonly most?: number;
}

/** A menu of which one entry is chosen, or several. Of the entries Discord takes 25. */
export function select(
  customId: string,
  entries: readonly Entry[],
  chosen: string | readonly string[],
  { placeholder, least = 1, most = 1 }: SelectLook = {},
): APIStringSelectComponent {
  const shown = entries.slice(0, MOST_ENTRIES);
  return {
    type: STRING_SELECT,
    custom_id: customId,
    ...(placeholder !== undefined && { placeholder }),
    min_values: least,
    max_values: Math.min(most, shown.length),
    options: shown.map(({ value, label, description }) => ({
      value,
      label: cut(label, LONGEST_ENTRY),
      ...(description !== undefined && { description: cut(description, LONGEST_ENTRY) }),
      default: chosen.includes(value) && (typeof chosen !== 'string' || chosen === value),
    })),
  };
}
