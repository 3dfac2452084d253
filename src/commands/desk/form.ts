import type { APIModalInteractionResponseCallbackData, ModalSubmitInteraction } from 'discord.js';
import { cut } from '../../render/text.ts';

/** A form that is opened over a page. */
export interface Form {
  readonly title: string;
  /** Up to 5. */
  readonly fields: readonly FormField[];
}

interface FormField {
  readonly name: string;
  readonly label: string;
  readonly value?: string;
  readonly placeholder?: string;
  readonly required?: boolean;
  /** In characters; default: 100. */
  readonly longest?: number;
  readonly isParagraph?: boolean;
}

const ACTION_ROW = 1;
const TEXT_INPUT = 4;
const STYLES = { short: 1, paragraph: 2 };
/** What Discord allows, in characters. */
const LONGEST = { title: 45, label: 45, placeholder: 100 };

/** The form as Discord takes it. */
export function toModal(customId: string, { title, fields }: Form): APIModalInteractionResponseCallbackData {
  return {
    custom_id: customId,
    title: cut(title, LONGEST.title),
    components: fields.map((field) => {
      const { name, label, value, placeholder, required = false, longest = 100, isParagraph } = field;
      return {
        type: ACTION_ROW,
        components: [
          {
            type: TEXT_INPUT,
            custom_id: name,
            label: cut(label, LONGEST.label),
            style: isParagraph ? STYLES.paragraph : STYLES.short,
            required,
            max_length: longest,
            ...(value && { value: value.slice(0, longest) }),
            ...(placeholder && { placeholder: cut(placeholder, LONGEST.placeholder) }),
          },
        ],
      };
    }),
  };
}

/** What was written into the fields, by their names. */
export function answersIn({ fields }: ModalSubmitInteraction): Map<string, string> {
  return new Map([...fields.fields].map(([name]) => [name, fields.getTextInputValue(name).trim()]));
}
