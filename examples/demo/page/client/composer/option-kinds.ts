import type { Choice, GivenFile, GivenValue, Nameable } from '../../wire.ts';
import type { Option } from './commands.ts';

/** What was put into an option: as typed, and the choice or file that was taken, if one was. */
export interface Entered {
  text: string;
  choice: Choice | undefined;
  file: GivenFile | undefined;
}

export type Checked = { value: GivenValue } | { problem: string };

interface OptionKind {
  keyboard?: 'text' | 'numeric' | 'decimal';
  /** What there is to choose from without asking the bot. */
  choices?: readonly Choice[];
  /** What it names of the server. */
  names?: Nameable;
  isFile?: boolean;
  check(entered: Entered, option: Option): Checked;
}

const check = (problem: string | false, value: GivenValue): Checked =>
  problem === false ? { value } : { problem };

const chosen: OptionKind['check'] = ({ choice }) =>
  choice === undefined ? { problem: 'Choose one of the list.' } : { value: choice.value };

const number =
  (isFit: (value: number) => boolean, wanted: string): OptionKind['check'] =>
  ({ text, choice }, { min_value: min, max_value: max }) => {
    const value = Number(choice?.value ?? text);
    if (text.trim() === '' || !isFit(value)) return { problem: `Input ${wanted}.` };
    if (min !== undefined && value < min) return { problem: `Input a number of at least ${min}.` };
    return check(max !== undefined && value > max && `Input a number of at most ${max}.`, value);
  };

/** By the types of options, as Discord numbers them. */
const KINDS: Readonly<Record<number, OptionKind>> = {
  3: {
    check({ text, choice }, { min_length: min = 0, max_length: max = 6_000 }) {
      const value = String(choice?.value ?? text);
      if (value.length < min) return { problem: `Input at least ${min} characters.` };
      return check(value.length > max && `Input at most ${max} characters.`, value);
    },
  },
  4: { keyboard: 'numeric', check: number(Number.isSafeInteger, 'a whole number') },
  5: {
    choices: [
      { name: 'True', value: 'true' },
      { name: 'False', value: 'false' },
    ],
    check: ({ choice }) =>
      choice === undefined ? { problem: 'Choose True or False.' } : { value: choice.value === 'true' },
  },
  6: { names: 'user', check: chosen },
  7: { names: 'channel', check: chosen },
  8: { names: 'role', check: chosen },
  9: { names: 'mentionable', check: chosen },
  10: { keyboard: 'decimal', check: number(Number.isFinite, 'a number') },
  11: {
    isFile: true,
    check: ({ file }) => (file === undefined ? { problem: 'Add a file.' } : { value: file }),
  },
};

export function kindOf({ type }: Option): OptionKind {
  return KINDS[type] ?? KINDS[3]!;
}

/** Whether it is empty, and if not, whether it is what the option asks for. */
export function checkOption(option: Option, entered: Entered): Checked | undefined {
  if (entered.text === '' && entered.choice === undefined && entered.file === undefined) {
    return option.required ? { problem: 'This option is required. Specify a value.' } : undefined;
  }
  const { choices = [] } = option;
  if (choices.length > 0) return chosen(entered, option);
  return kindOf(option).check(entered, option);
}
