import { readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { extname } from 'node:path';

const IMPORT = /^import\s[^;]*?from '(\.[^']+)';\n?/gm;
const EXPORT = /^export (?=(?:async )?(?:function|class|const|let)\b)/gm;
/** What the two above have not understood, and what would end the element that holds the script. */
const LEFT = /^(?:import|export)\b.*$|<\/script|<!--/im;

/**
 * The script of a page: a module with those it imports, one behind the other in the order in which they would run, as
 * one text. They share one scope, so no two may declare the same name on their top level; a browser refuses the whole
 * script if they do.
 * @param entry the module, compiled or not
 * @throws Error where a module does more with imports and exports than naming what it takes and gives
 */
export function joinModules(entry: URL): string {
  const joined = new Set<string>();
  const parts: string[] = [];
  const add = (module: URL): void => {
    if (joined.has(module.href)) return;
    joined.add(module.href);
    const code = javascriptOf(module);
    for (const [, path] of code.matchAll(IMPORT)) add(new URL(path!, module));
    const text = code.replaceAll(IMPORT, '').replaceAll(EXPORT, '');
    const left = LEFT.exec(text);
    if (left !== null) throw new Error(`${module.href} cannot be part of a page: ${left[0]}`);
    parts.push(text.trim());
  };
  add(entry);
  return parts.join('\n');
}

/** In the package it is compiled; in a checkout the types are taken out as Node does it when it runs such a file. */
function javascriptOf(module: URL): string {
  const text = readFileSync(module, 'utf8');
  if (extname(module.pathname) === '.js') return text.replace(/^\/\/# sourceMappingURL=.*$/m, '');
  return stripTypeScriptTypes(text);
}
