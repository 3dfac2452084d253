import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { ownFile, ownModule } from '../../own-files.ts';
import type { Payload } from './payload.ts';
import { joinModules } from './script.ts';

/** What a page is made of besides its data. */
export interface PageKind {
  /** Its script is `client/<name>`, its look `client/styles/<name>.css` after what is common to all. */
  readonly name: string;
  readonly title: string;
}

const FOLDER = 'sampling/viewers/client';
const LONGEST_NAME = 200;

interface Parts {
  readonly script: string;
  readonly style: string;
  readonly policy: string;
}

const partsOf = new Map<string, Parts>();

/** One file that loads nothing, and may load nothing: it works from a disk, and with any name in its data. */
export function htmlPage({ name, title }: PageKind, payload: Payload): string {
  const { script, style, policy } = readParts(name);
  const heading = `${payload.runs.at(-1)!.name.slice(0, LONGEST_NAME)}: ${title}`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">
<meta name="referrer" content="no-referrer">
<title>${escapeHtml(heading)}</title>
<style>${style}</style>
</head>
<body>
<noscript>This page draws its picture with a script of its own. Allow it to run.</noscript>
<div id="app"></div>
<script type="application/json" id="payload">${escapeJson(payload)}</script>
<script type="module">${script}</script>
</body>
</html>
`;
}

/** They are the same in each page, so they are read once. */
function readParts(name: string): Parts {
  let parts = partsOf.get(name);
  if (parts === undefined) {
    const script = `\n${joinModules(ownModule(`${FOLDER}/${name}`))}\n`;
    const styles = ['common', name].map((file) =>
      readFileSync(ownFile(`${FOLDER}/styles/${file}.css`), 'utf8'),
    );
    const style = `\n${styles.join('')}`;
    parts = { script, style, policy: policyFor(script, style) };
    partsOf.set(name, parts);
  }
  return parts;
}

/** Nothing runs and nothing colours but what was written here, and nothing can be sent anywhere. */
function policyFor(script: string, style: string): string {
  return [
    `default-src 'none'`,
    `script-src '${hashOf(script)}'`,
    `style-src '${hashOf(style)}'`,
    `base-uri 'none'`,
    `form-action 'none'`,
  ].join('; ');
}

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}

/** No text in it can end the element that holds it, nor open a comment. */
function escapeJson(payload: Payload): string {
  return JSON.stringify(payload).replaceAll('<', '\\u003c');
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
