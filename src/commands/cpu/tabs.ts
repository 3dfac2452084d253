import type { PageFile } from '../../render/page.ts';
import type { Entry, SelectLook } from '../desk/widgets.ts';
import type { Request } from '../subcommand.ts';
import { compareTab } from './compare-tab.ts';
import { findingsTab } from './findings-tab.ts';
import { flameTab } from './flame-tab.ts';
import { functionsTab } from './functions-tab.ts';
import { overviewTab } from './overview-tab.ts';
import { recordingsTab } from './recordings-tab.ts';
import { relativesTab } from './relatives-tab.ts';
import type { CpuRecording, CpuService } from './service.ts';

/** What the menu remembers of what is looked at. */
interface LookState {
  /** The recording, as `keyOfRecording` has it. */
  readonly id: string;
  readonly page: number;
  readonly sort: string;
  /** The function, by its number in the recording; -1 where none is chosen. */
  readonly pick: number;
  /** What it is compared with: the earlier one. */
  readonly other: string;
  /** Whether pictures stand where they can say it, in place of tables. */
  readonly chart: boolean;
}

/** What a tab draws from. */
export interface Looked {
  readonly service: CpuService;
  readonly recording: CpuRecording;
  readonly state: LookState;
  readonly request: Request;
  /** Against which files are named. */
  readonly rootDir: string;
}

/** What is chosen on a tab, by the actions that the menu has for it. */
export interface Choice {
  readonly action: 'sort' | 'pick' | 'open' | 'compare' | 'merge';
  readonly entries: readonly Entry[];
  readonly chosen: string;
  readonly look: SelectLook;
}

export interface TabPage {
  readonly text: string;
  readonly image?: PageFile | undefined;
  /** How many pages there are, and which one this is, counted from 0. */
  readonly pages?: number;
  readonly page?: number;
  readonly choices?: readonly Choice[];
  /** Whether it can be shown with a picture, or with a table. */
  readonly hasChart?: boolean;
  readonly tools?: readonly ('legend' | 'difference')[];
}

export interface Tab {
  readonly name: string;
  readonly label: string;
  /** False where it is about what was chosen on another one. */
  readonly isOffered?: boolean;
  draw(looked: Looked): Promise<TabPage>;
}

/** The pages of a recording, the first one first. */
export const TABS = [
  overviewTab,
  functionsTab,
  findingsTab,
  flameTab,
  recordingsTab,
  relativesTab,
  compareTab,
] as const satisfies readonly Tab[];
