import { checkComponents } from './components.ts';
import { limits } from './limits.ts';
import { type Check, type Fields, Issues, list, required, shape, text } from './schema.ts';

const choiceValue: Check = (value, path, issues) => {
  if (typeof value === 'string') text({ min: 1, max: limits.choiceText })(value, path, issues);
  else if (typeof value !== 'number') {
    issues.add(path, 'BASE_TYPE_REQUIRED', 'This field is required');
  }
};

const choices = required(
  list(
    shape({ name: required(text({ min: 1, max: limits.choiceText })), value: choiceValue }),
    0,
    limits.choices,
  ),
);

export function checkChoices(data: Fields): void {
  const issues = new Issues();
  choices(data['choices'], ['data', 'choices'], issues);
  issues.throwIfAny();
}

const modal = shape({
  title: required(text({ min: 1, max: limits.modalTitle })),
  custom_id: required(text({ min: 1, max: limits.customId })),
  components: required(list(shape({}), 1, limits.modalComponents)),
});

export function checkModal(data: Fields): void {
  const issues = new Issues();
  modal(data, ['data'], issues);
  // The list's own length has been checked above; here its members.
  const components = data['components'];
  if (Array.isArray(components)) {
    checkComponents(components.slice(0, limits.modalComponents), 'modal', ['data', 'components'], issues);
  }
  issues.throwIfAny();
}
