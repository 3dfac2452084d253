import type { Modal } from '../wire.ts';
import { avatar, h, icon } from './dom.ts';
import { FIELDS, type Field } from './modal-fields.ts';
import type { Session } from './session.ts';

interface FieldLike {
  type: number;
  label?: string;
  description?: string;
  content?: string;
  required?: boolean;
  component?: FieldLike;
  components?: readonly FieldLike[];
}

const ROW = 1;
const TEXT_DISPLAY = 10;
const LABEL = 18;

/** Opens what a bot asks to be filled in, and sends it. */
export function openModal(id: string, modal: Modal, session: Session): void {
  const fields: Field[] = [];
  const drawn = (modal.components as readonly FieldLike[]).map((one) => draw(one, session, fields));
  const failure = h('div', { class: 'modal-failure', role: 'alert', hidden: true });
  const submit = h('button', { type: 'submit', class: 'button primary' }, 'Submit');
  const close = () => dialog.close();
  const send = async () => {
    if (!check(fields)) return;
    submit.disabled = true;
    const values = Object.fromEntries(fields.map((field) => [field.customId, field.value()]));
    const failed = await session.interact('submit', { modal: id, fields: values });
    submit.disabled = false;
    failure.textContent = failed ?? '';
    failure.hidden = failed === undefined;
    if (failed === undefined) close();
  };
  const form = h(
    'form',
    {
      novalidate: true,
      on: {
        submit(event) {
          event.preventDefault();
          void send();
        },
      },
    },
    h(
      'header',
      {},
      avatar(session.bot, 'large'),
      h('h2', {}, modal.title),
      h(
        'button',
        { type: 'button', class: 'icon-button', 'aria-label': 'Close', on: { click: close } },
        icon('close'),
      ),
    ),
    h(
      'div',
      { class: 'modal-fields' },
      h('p', { class: 'modal-notice' }, `This form will be submitted to ${session.bot.name}.`),
      failure,
      ...drawn,
    ),
    h(
      'footer',
      {},
      h('button', { type: 'button', class: 'button secondary', on: { click: close } }, 'Cancel'),
      submit,
    ),
  );
  const dialog = h('dialog', { class: 'modal', 'aria-label': modal.title }, form);
  dialog.addEventListener('close', () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  fields[0]?.element.focus();
}

/** A component of the modal; what is to be filled in is added to the fields. */
function draw(component: FieldLike, session: Session, fields: Field[], around?: FieldLike): HTMLElement {
  const { type, content = '', component: inside, components = [] } = component;
  if (type === ROW) return h('div', {}, ...components.map((inner) => draw(inner, session, fields)));
  if (type === LABEL && inside !== undefined) return draw(inside, session, fields, component);
  if (type === TEXT_DISPLAY) return h('p', {}, content);
  const makeField = FIELDS[type];
  if (makeField === undefined) return h('p', {}, `A field of type ${type}, which is not drawn here.`);
  const { label = '', description } = around ?? component;
  const field = makeField(component as never, label, session);
  fields.push(field);
  return h(
    'label',
    { class: 'field' },
    h(
      'span',
      { class: 'field-label' },
      label,
      component.required !== false && h('span', { class: 'required' }, ' *'),
    ),
    description && h('span', { class: 'field-description' }, description),
    field.element,
    field.problemElement,
  );
}

/** Says at each field what is wrong with it, and goes to the first of them. */
function check(fields: readonly Field[]): boolean {
  for (const field of fields) field.problemElement.textContent = field.problem() ?? '';
  const wrong = fields.find((field) => field.problem() !== undefined);
  wrong?.element.focus();
  return wrong === undefined;
}
