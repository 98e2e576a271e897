import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { REPOSITORY } from './repository.js';

/** A fenced block. */
export interface CodeBlock {
  readonly language: string;
  /** What stands after the language: `ignore`. */
  readonly info: string;
  readonly code: string;
  /** The line of its fence, from 1. */
  readonly line: number;
  /** From a first line `// file: name.ts`. */
  readonly file: string | undefined;
  /** The paragraph in front of it. */
  readonly lead: string;
}

const FENCE = /^```(\w*) *(.*)\n([\s\S]*?)^```$/gm;

/** A page of the documentation, taken apart. */
export class MarkdownPage {
  /** From the root of the repository: `docs/sse.md`. */
  readonly path: string;
  readonly text: string;

  constructor(path: string) {
    this.path = path;
    this.text = readFileSync(join(REPOSITORY, path), 'utf8');
  }

  /** Every fenced block, or those below one heading. */
  blocks(heading?: string): CodeBlock[] {
    const { text, offset } = heading === undefined ? { text: this.text, offset: 0 } : this.#section(heading);
    return [...text.matchAll(FENCE)].map((match) => {
      const [, language = '', info = '', code = ''] = match;
      return {
        language,
        info,
        code,
        line: this.text.slice(0, offset + match.index).split('\n').length,
        file: /^\/\/ file: (\S+)\n/.exec(code)?.[1],
        lead: text.slice(0, match.index).trimEnd().split('\n\n').at(-1) ?? '',
      };
    });
  }

  /** The text without its fenced blocks. */
  get prose(): string {
    return this.text.replace(FENCE, '');
  }

  /** The rows of every table whose head is this one, cells trimmed. */
  rows(head: readonly string[]): string[][] {
    const rows: string[][] = [];
    let inside = false;
    for (const line of this.prose.split('\n')) {
      const cells = cellsOf(line);
      if (cells.length === 0) inside = false;
      else if (cells.join('|') === head.join('|')) inside = true;
      else if (inside && !cells.every((cell) => /^-+$/.test(cell))) rows.push(cells);
    }
    return rows;
  }

  /** The anchors of its headings, as GitHub makes them. */
  get anchors(): Set<string> {
    const headings = [...this.prose.matchAll(/^#{1,6} (.+)$/gm)].map(([, heading = '']) => heading);
    return new Set(headings.map(anchorOf));
  }

  #section(heading: string): { text: string; offset: number } {
    const offset = this.text.indexOf(`\n## ${heading}\n`);
    if (offset === -1) throw new Error(`${this.path} has no heading ${heading}`);
    const end = this.text.indexOf('\n## ', offset + 1);
    return { text: this.text.slice(offset, end === -1 ? undefined : end), offset };
  }
}

/** Every page that is held to the code. docs/design.md is a plan, and ahead of it. */
export function documentationPages(): MarkdownPage[] {
  const pages = readdirSync(join(REPOSITORY, 'docs')).filter((name) => name.endsWith('.md') && name !== 'design.md');
  return ['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', ...pages.sort().map((name) => `docs/${name}`)]
    .filter((path) => existsSync(join(REPOSITORY, path)))
    .map((path) => new MarkdownPage(path));
}

/** The text of a cell that is one code span. */
export function codeIn(cell: string | undefined): string {
  return /^`([^`]+)`$/.exec(cell ?? '')?.[1] ?? '';
}

function cellsOf(line: string): string[] {
  if (!line.startsWith('|') || !line.endsWith('|')) return [];
  return line
    .slice(1, -1)
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim());
}

function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replace(/\s/g, '-');
}
