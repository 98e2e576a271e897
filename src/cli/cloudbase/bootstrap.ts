import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

import type { StartupMistake } from '../../errors/startup-error.js';

/** What a package's `scf_bootstrap` says, and what the platform will not like of it. */
export interface Bootstrap {
  /** The major versions of Node whose places it names, as written. Empty: it names none, or there is no such file. */
  readonly nodes: readonly number[];
  readonly mistakes: readonly StartupMistake[];
}

/** On the platform each Node is at a place of its own: `/var/lang/node20/bin/node`, for some `/var/lang/node20.19/…`. */
const NODE_PLACE = /\/var\/lang\/node(\d+)(?:\.\d+)?\/bin\/node\b/g;

/**
 * Reads and checks the start script of a folder that is deployed. Every mistake of these is the status 405
 * `ContainerStateExited` later, without a word of why.
 */
export function readBootstrap(folder: string): Bootstrap {
  const path = join(folder, 'scf_bootstrap');
  const found = statSync(path, { throwIfNoEntry: false });
  const mistakes: StartupMistake[] = [];
  const add = (problem: string, remedy: string) => mistakes.push({ where: path, problem, remedy });
  if (found?.isFile() !== true) {
    add('the platform starts this file, and it is not there', 'run `npx yunction pack`, or write one (README, Deploy)');
    return { nodes: [], mistakes };
  }
  const text = readFileSync(path, 'latin1');
  const nodes = [...new Set([...text.matchAll(NODE_PLACE)].map(([, major]) => Number(major)))];
  // Where there is no such bit to set, the zip sets it.
  if (process.platform !== 'win32' && (found.mode & 0o111) !== 0o111) {
    add('not everybody may execute it', `chmod 755 ${path}; and \`git update-index --chmod=+x\` for a clone`);
  }
  if (text.includes('\r'))
    add('it has CRLF line ends', 'save it with LF: `scf_bootstrap text eol=lf` in .gitattributes');
  if (!text.startsWith('#!/bin/bash')) add('its first line is not #!/bin/bash', 'begin with #!/bin/bash');
  if (nodes.length === 0) {
    add('it names no node of the platform, where node is not on the PATH', 'write exec /var/lang/node20/bin/node …');
  }
  if (!/^\s*exec\s/m.test(text)) {
    add('node is not started by exec, so that bash gets the signals', 'write exec before the path of node');
  }
  return { nodes, mistakes };
}
