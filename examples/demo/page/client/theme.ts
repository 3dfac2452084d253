const KEY = 'theme';

export function currentTheme(): string {
  return document.documentElement.dataset['theme']!;
}

/** The look that was asked for, else the one of the last visit, else the dark one. */
export function startTheme(wanted: string | null): void {
  setTheme(wanted ?? localStorage.getItem(KEY) ?? 'dark');
}

export function setTheme(theme: string): void {
  document.documentElement.dataset['theme'] = theme === 'light' ? 'light' : 'dark';
  localStorage.setItem(KEY, theme);
}
