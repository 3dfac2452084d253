import { limits } from './limits.ts';
import {
  badLength,
  boolean,
  type Check,
  type Fields,
  type Issues,
  integer,
  isFields,
  list,
  missing,
  oneOf,
  required,
  shape,
  text,
  url,
} from './schema.ts';

export const componentType = {
  row: 1,
  button: 2,
  stringSelect: 3,
  textInput: 4,
  userSelect: 5,
  roleSelect: 6,
  mentionableSelect: 7,
  channelSelect: 8,
  section: 9,
  textDisplay: 10,
  thumbnail: 11,
  mediaGallery: 12,
  file: 13,
  separator: 14,
  container: 17,
  label: 18,
  fileUpload: 19,
  radioGroup: 21,
  checkboxGroup: 22,
  checkbox: 23,
} as const;

const type = componentType;
const autoSelects: readonly number[] = [
  type.userSelect,
  type.roleSelect,
  type.mentionableSelect,
  type.channelSelect,
];
export const selectTypes: readonly number[] = [type.stringSelect, ...autoSelects];

const customId = required(text({ min: 1, max: limits.customId }));
const media = shape({ url: required(url('http', 'https', 'attachment')) });

const buttonStyle: Check = (value, path, issues) => {
  if (!isFields(value)) return;
  const has = (name: string) => value[name] !== undefined && value[name] !== null && value[name] !== '';
  const at = (name: string) => [...path, name];
  const extra = (name: string) => {
    if (has(name)) issues.add(at(name), 'BUTTON_COMPONENT_FIELD_INVALID', `${name} cannot be used here`);
  };
  if (value['style'] === 5) {
    url('http', 'https', 'discord')(value['url'], at('url'), issues);
    if (!has('url')) issues.add(at('url'), 'BUTTON_COMPONENT_URL_REQUIRED', 'A url is required');
    extra('custom_id');
  } else if (value['style'] === 6) {
    if (!has('sku_id')) issues.add(at('sku_id'), 'BUTTON_COMPONENT_SKU_ID_REQUIRED', 'A sku_id is required');
    for (const name of ['custom_id', 'label', 'url', 'emoji']) extra(name);
  } else {
    if (!has('custom_id')) {
      issues.add(at('custom_id'), 'BUTTON_COMPONENT_CUSTOM_ID_REQUIRED', 'A custom id is required');
    }
    extra('url');
  }
  if (value['style'] !== 6 && !has('label') && !has('emoji')) missing(at('label'), issues);
};

/** A select must be able to offer as many values as it asks for. */
const enoughOptions: Check = (value, path, issues) => {
  if (!isFields(value)) return;
  const least = Number(value['min_values'] ?? 1);
  const most = Number(value['max_values'] ?? 1);
  const options = Array.isArray(value['options']) ? (value['options'] as Fields[]) : undefined;
  const at = (name: string) => [...path, name];
  if (most < least) {
    issues.add(at('max_values'), 'BASE_TYPE_BAD_LENGTH', `Must be between ${least} and 25 in length.`);
  }
  if (options === undefined || options.length === 0) return;
  if (most > options.length) badLength(at('options'), issues, most, limits.selectOptions);
  const chosen = options.filter((option) => option['default'] === true).length;
  if (chosen > most) badLength(at('options'), issues, 0, most);
  const seen = new Set<unknown>();
  for (const [index, option] of options.entries()) {
    if (seen.has(option['value'])) {
      const message = 'The specified option value is already used';
      issues.add([...path, 'options', index, 'value'], 'SELECT_COMPONENT_OPTION_VALUE_DUPLICATED', message);
    }
    seen.add(option['value']);
  }
};

const option = shape({
  label: required(text({ min: 1, max: limits.selectText })),
  value: required(text({ min: 1, max: limits.selectText })),
  description: text({ max: limits.selectText }),
});
const options = required(list(option, 1, limits.selectOptions));

const selectFields = {
  custom_id: customId,
  placeholder: text({ max: limits.placeholder }),
  min_values: integer(0, 25),
  max_values: integer(1, 25),
  disabled: boolean,
};
const autoSelect = shape(selectFields, enoughOptions);

const textInputFields = {
  custom_id: customId,
  style: required(oneOf(1, 2)),
  min_length: integer(0, limits.inputText),
  max_length: integer(1, limits.inputText),
  placeholder: text({ max: limits.inputPlaceholder }),
  value: text({ max: limits.inputText }),
  required: boolean,
};

/** Outside a label, a text input bears its own. */
const rowInput = shape({ label: required(text({ max: limits.inputLabel })) });

/** Every component's own fields; what may stand inside what is the walk's matter. */
const ownFields: Readonly<Record<number, Check>> = {
  [type.row]: shape({}),
  [type.button]: shape(
    {
      style: required(oneOf(1, 2, 3, 4, 5, 6)),
      label: text({ max: limits.buttonLabel }),
      custom_id: text({ min: 1, max: limits.customId }),
      url: text({ max: limits.buttonUrl }),
      disabled: boolean,
    },
    buttonStyle,
  ),
  [type.stringSelect]: shape({ ...selectFields, options }, enoughOptions),
  [type.textInput]: shape(textInputFields),
  ...Object.fromEntries(autoSelects.map((select) => [select, autoSelect])),
  [type.section]: shape({
    components: required(list(shape({}), 1, limits.sectionTexts)),
    accessory: required(shape({})),
  }),
  [type.textDisplay]: shape({ content: required(text({ min: 1, max: limits.textDisplayTotal })) }),
  [type.thumbnail]: shape({
    media: required(media),
    description: text({ max: limits.attachmentDescription }),
  }),
  [type.mediaGallery]: shape({
    items: required(list(shape({ media: required(media) }), 1, limits.galleryItems)),
  }),
  [type.file]: shape({ file: required(shape({ url: required(url('attachment')) })) }),
  [type.separator]: shape({ divider: boolean, spacing: oneOf(1, 2) }),
  [type.container]: shape({ accent_color: integer(0, limits.color), spoiler: boolean }),
  [type.label]: shape({
    label: required(text({ min: 1, max: limits.inputLabel })),
    description: text({ max: limits.labelDescription }),
    component: required(shape({})),
  }),
  [type.fileUpload]: shape({ custom_id: customId, min_values: integer(0, 10), max_values: integer(1, 10) }),
  [type.radioGroup]: shape({ custom_id: customId, options: required(list(option, 2, 10)) }),
  [type.checkboxGroup]: shape({ custom_id: customId, options: required(list(option, 1, 10)) }, enoughOptions),
  [type.checkbox]: shape({ custom_id: customId }),
};

const inRow = [type.button, ...selectTypes];
const inContainer = [type.row, type.textDisplay, type.section, type.mediaGallery, type.separator, type.file];

/** Which components may stand where. */
const allowed = {
  message: [type.row],
  messageV2: [...inContainer, type.container],
  modal: [type.row, type.label, type.textDisplay],
  modalRow: [type.textInput],
  [type.row]: inRow,
  [type.section]: [type.textDisplay],
  accessory: [type.button, type.thumbnail],
  [type.container]: inContainer,
  [type.label]: [
    type.textInput,
    ...selectTypes,
    type.fileUpload,
    type.radioGroup,
    type.checkboxGroup,
    type.checkbox,
  ],
} as const satisfies Record<string | number, readonly number[]>;

interface Walk {
  issues: Issues;
  customIds: Set<unknown>;
  count: number;
  textLength: number;
}

type Surface = 'message' | 'messageV2' | 'modal';

/** Checks the components of a message or modal, as a whole and one by one. */
export function checkComponents(
  value: unknown,
  surface: Surface,
  path: readonly string[],
  issues: Issues,
): void {
  if (value === undefined || value === null) return;
  const walk: Walk = { issues, customIds: new Set(), count: 0, textLength: 0 };
  if (surface === 'message') list(shape({}), 0, limits.rows)(value, path, issues);
  else if (surface === 'modal') list(shape({}), 1, limits.modalComponents)(value, path, issues);
  if (!Array.isArray(value)) return;
  visitAll(value, allowed[surface], surface === 'modal', path, walk);
  if (surface !== 'messageV2') return;
  if (walk.count > limits.componentsV2) {
    const message = `Maximum number of components (${limits.componentsV2}) exceeded`;
    issues.add(path, 'COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED', message);
  }
  if (walk.textLength > limits.textDisplayTotal) {
    const message = `Displayed text size exceeds maximum size of ${limits.textDisplayTotal}`;
    issues.add(path, 'COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED', message);
  }
}

function visitAll(
  components: readonly unknown[],
  types: readonly number[],
  modal: boolean,
  path: readonly (string | number)[],
  walk: Walk,
): void {
  for (const [index, component] of components.entries())
    visit(component, types, modal, [...path, index], walk);
}

function visit(
  component: unknown,
  types: readonly number[],
  modal: boolean,
  path: readonly (string | number)[],
  walk: Walk,
): void {
  if (!isFields(component)) return;
  const kind = Number(component['type']);
  walk.count++;
  if (!types.includes(kind)) {
    const message = `Value of field "type" must be one of (${types.join(', ')}).`;
    walk.issues.add([...path, 'type'], 'UNION_TYPE_CHOICES', message);
    return;
  }
  ownFields[kind]?.(component, path, walk.issues);
  if (types === allowed.modalRow) rowInput(component, path, walk.issues);
  if (typeof component['content'] === 'string') walk.textLength += component['content'].length;
  const id = component['custom_id'];
  if (typeof id === 'string' && id !== '') {
    if (walk.customIds.has(id)) {
      const message = 'Component custom id cannot be duplicated';
      walk.issues.add([...path, 'custom_id'], 'COMPONENT_CUSTOM_ID_DUPLICATED', message);
    }
    walk.customIds.add(id);
  }
  const children = component['components'];
  if (kind === type.row) checkWidth(children, modal, [...path, 'components'], walk.issues);
  if (Array.isArray(children)) {
    const inside = modal && kind === type.row ? allowed.modalRow : (allowed[kind as 1 | 9 | 17] ?? []);
    visitAll(children, inside, modal, [...path, 'components'], walk);
  }
  if (kind === type.section)
    visit(component['accessory'], allowed.accessory, modal, [...path, 'accessory'], walk);
  if (kind === type.label)
    visit(component['component'], allowed[type.label], modal, [...path, 'component'], walk);
}

/** A row holds five buttons or one select; in a modal, one text input. */
function checkWidth(
  children: unknown,
  modal: boolean,
  path: readonly (string | number)[],
  issues: Issues,
): void {
  const row = Array.isArray(children) ? (children as Fields[]) : [];
  const wide = row.reduce((width, child) => width + (child['type'] === type.button ? 1 : limits.rowWidth), 0);
  if (row.length === 0 || row.length > limits.rowWidth)
    badLength(path, issues, 1, modal ? 1 : limits.rowWidth);
  else if (wide > limits.rowWidth) {
    const message = 'The specified component exceeds the maximum width';
    issues.add([...path, row.length - 1], 'COMPONENT_LAYOUT_WIDTH_EXCEEDED', message);
  }
}

/** All components that stand in these, the given ones first. */
export function* everyComponent(components: readonly unknown[]): Generator<Fields> {
  for (const component of components) {
    if (!isFields(component)) continue;
    yield component;
    const { components: children, accessory, component: labelled } = component;
    yield* everyComponent([...(Array.isArray(children) ? children : []), accessory, labelled]);
  }
}
