import type { APIModalInteractionResponseCallbackData, APIUser } from 'discord.js';
import type { Posted } from './handles.ts';
import type { Named, Resolver, UploadSpec } from './resolve.ts';
import { everyComponent, selectTypes, componentType as type } from './validate/components.ts';
import { type Fields, isFields } from './validate/schema.ts';

/** An option by value or label; a user, role or channel by name or itself. */
export type ComponentChoice = Named;

/** Finds the component a person means, and refuses what they couldn't use. */
export function pickComponent(
  posted: Posted,
  wanted: string,
  kind: 'button' | 'select',
  by: APIUser,
): Fields {
  const { ephemeralFor } = posted.stored;
  if (posted.deleted) throw new Error(`[standin] the message with ${wanted} is deleted`);
  if (ephemeralFor !== undefined && ephemeralFor !== by.id) {
    throw new Error(`[standin] ${by.username} can't see the message: it is ephemeral`);
  }
  const isKind = (one: Fields) =>
    kind === 'button' ? one['type'] === type.button : selectTypes.includes(Number(one['type']));
  const usable = posted.allComponents.filter(isKind);
  const byId = usable.filter((one) => one['custom_id'] === wanted);
  const found = byId.length > 0 ? byId : usable.filter((one) => namesOf(one).includes(wanted));
  const listed = usable.map((one) => namesOf(one).join(' / ') || String(one['url'])).join(', ') || 'none';
  const [component] = found;
  if (component === undefined)
    throw new Error(`[standin] there is no ${kind} ${wanted}; there is: ${listed}`);
  if (found.length > 1)
    throw new Error(`[standin] several ${kind}s are called ${wanted}; there is: ${listed}`);
  if (component['disabled'] === true) throw new Error(`[standin] the ${kind} ${wanted} is disabled`);
  if (component['custom_id'] === undefined) {
    throw new Error(`[standin] the button ${wanted} opens a page; the bot hears nothing of it`);
  }
  return component;
}

/** What is sent for the chosen options. */
export function selectValues(
  select: Fields,
  wanted: readonly ComponentChoice[],
  resolver: Resolver,
): string[] {
  const name = namesOf(select).join(' / ');
  const options = Array.isArray(select['options']) ? (select['options'] as Fields[]) : [];
  const min = Number(select['min_values'] ?? 1);
  const max = Number(select['max_values'] ?? 1);
  if (wanted.length < min || wanted.length > max) {
    throw new Error(`[standin] ${name} takes ${min} to ${max} values, not ${wanted.length}`);
  }
  const values = wanted.map((one): string => {
    switch (select['type']) {
      case type.userSelect:
        return resolver.user(one);
      case type.roleSelect:
        return resolver.role(one);
      case type.mentionableSelect:
        return resolver.mentionable(one);
      case type.channelSelect:
        return resolver.channel(one, select['channel_types'] as number[] | undefined);
      default: {
        const option = options.find((it) => it['value'] === one) ?? options.find((it) => it['label'] === one);
        if (option !== undefined) return String(option['value']);
        const listed = options.map((it) => `${String(it['label'])} (${String(it['value'])})`).join(', ');
        throw new Error(`[standin] ${name} has no option ${String(one)}; it has ${listed}`);
      }
    }
  });
  if (new Set(values).size < values.length) throw new Error(`[standin] ${name}: an option was chosen twice`);
  return values;
}

type Filled = ComponentChoice | readonly ComponentChoice[] | boolean | UploadSpec;

/** A modal's components as they are sent back, filled in. */
export function modalComponents(
  modal: APIModalInteractionResponseCallbackData,
  fields: Readonly<Record<string, Filled>>,
  resolver: Resolver,
): Fields[] {
  const unused = new Set(Object.keys(fields));
  const fill = (component: Fields, label: unknown): Fields => {
    const id = String(component['custom_id']);
    const key = id in fields ? id : String(label ?? component['label']);
    unused.delete(key);
    const { type: kind } = component;
    return {
      type: kind,
      custom_id: id,
      id: component['id'],
      ...fieldValue(component, key, fields[key], resolver),
    };
  };
  const filled = (modal.components as unknown as Fields[]).map((outer): Fields => {
    const { type: kind, id } = outer;
    const labelled = outer['component'];
    if (isFields(labelled)) return { type: kind, id, component: fill(labelled, outer['label']) };
    const children = outer['components'];
    if (!Array.isArray(children)) return { type: kind, id };
    return { type: kind, id, components: children.map((child: Fields) => fill(child, undefined)) };
  });
  if (unused.size === 0) return filled;
  const ids = [...everyComponent(modal.components)].flatMap((one) => one['custom_id'] ?? []);
  throw new Error(`[standin] the modal has no field ${[...unused].join(', ')}; it has ${ids.join(', ')}`);
}

function fieldValue(component: Fields, name: string, given: Filled | undefined, resolver: Resolver): Fields {
  const kind = Number(component['type']);
  const isRequired = component['required'] !== false;
  if (kind === type.textInput) {
    const text = String(given ?? component['value'] ?? '');
    const min = Number(component['min_length'] ?? 0);
    const max = Number(component['max_length'] ?? 4_000);
    if (text === '' && isRequired) throw new Error(`[standin] the modal needs ${name}`);
    if (text !== '' && (text.length < min || text.length > max)) {
      throw new Error(`[standin] ${name} must have ${min} to ${max} characters, not ${text.length}`);
    }
    return { value: text };
  }
  if (kind === type.checkbox) return { value: given ?? component['default'] ?? false };
  if (kind === type.fileUpload) {
    const specs = (given === undefined ? [] : [given].flat()) as UploadSpec[];
    return { values: specs.map((spec) => resolver.attachment(spec)) };
  }
  const options = Array.isArray(component['options']) ? (component['options'] as Fields[]) : [];
  const preset = options.filter((one) => one['default'] === true).map((one) => String(one['value']));
  const wanted = (given === undefined ? preset : [given].flat()) as ComponentChoice[];
  if (wanted.length === 0 && !isRequired) return kind === type.radioGroup ? { value: null } : { values: [] };
  const values = selectValues(component, wanted, resolver);
  return kind === type.radioGroup ? { value: values[0] } : { values };
}

function namesOf(component: Fields): string[] {
  const emoji = isFields(component['emoji']) ? component['emoji']['name'] : undefined;
  const names = [component['custom_id'], component['label'], component['placeholder'], emoji];
  return names.filter((name): name is string => typeof name === 'string' && name !== '');
}
