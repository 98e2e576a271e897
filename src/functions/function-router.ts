import { HttpError } from '../errors/http-error.js';

// As the server's other router: a character that must be percent-encoded in a URL (RFC 3986, section 2).
const RAW_BYTE = /[^\x21-\x7e]/;

interface Node<Target> {
  readonly children: Map<string, Node<Target>>;
  /** For any one segment: `*` and `:name`. */
  any: Node<Target> | undefined;
  target: Target | undefined;
}

interface Found<Target> {
  readonly target: Target;
  readonly depth: number;
}

/**
 * Which function a path belongs to: the longest of their paths that it begins with, whole segments only, in the case
 * they are written. The query plays no part. A segment is decoded once, as everywhere in the server, and nothing else is
 * normalised: `/a/../b` is below `/a`, and `//a` is not.
 */
export class FunctionRouter<Target extends object> {
  readonly #root: Node<Target> = newNode();

  /** @param path from the root; `*` or `:name` stands for any one segment. The first of two on one path counts. */
  add(path: string, target: Target): void {
    let node = this.#root;
    for (const segment of segmentsOf(path)) {
      if (segment === '*' || segment.startsWith(':')) node = node.any ??= newNode();
      else node = childOf(node, segment);
    }
    node.target ??= target;
  }

  /**
   * The function of a request's URL.
   * @throws HttpError 400 where the path cannot be decoded.
   */
  find(url: string): Target | undefined {
    if (RAW_BYTE.test(url)) {
      throw HttpError.of('MALFORMED_URL', 'a URL holds printable ASCII only: percent-encode the rest');
    }
    const end = url.indexOf('?');
    const path = end === -1 ? url : url.slice(0, end);
    const segments = segmentsOf(path);
    return findIn(this.#root, path.includes('%') ? segments.map(decode) : segments, 0)?.target;
  }
}

/** `/a/b/` → `a`, `b`; an empty segment within the path is one of its own. The end of a prefix may be written `/**`. */
function segmentsOf(path: string): string[] {
  const segments = path.split('/').slice(1);
  if (segments.at(-1) === '' || segments.at(-1) === '**') segments.pop();
  return segments;
}

function findIn<Target>(node: Node<Target>, segments: readonly string[], depth: number): Found<Target> | undefined {
  const segment = segments[depth];
  let found: Found<Target> | undefined;
  if (segment !== undefined) {
    const child = node.children.get(segment);
    if (child !== undefined) found = findIn(child, segments, depth + 1);
    if (node.any !== undefined && segment !== '') {
      const other = findIn(node.any, segments, depth + 1);
      if (other !== undefined && other.depth > (found?.depth ?? 0)) found = other;
    }
  }
  if (found !== undefined || node.target === undefined) return found;
  return { target: node.target, depth };
}

function decode(segment: string): string {
  let decoded: string;
  try {
    decoded = decodeURIComponent(segment);
  } catch (cause) {
    throw HttpError.of('MALFORMED_URL', 'the path holds a percent sign that encodes nothing', { cause });
  }
  if (decoded.includes('\0')) throw HttpError.of('MALFORMED_URL', 'the path holds a NUL');
  return decoded;
}

function childOf<Target>(node: Node<Target>, segment: string): Node<Target> {
  let child = node.children.get(segment);
  if (child === undefined) {
    child = newNode();
    node.children.set(segment, child);
  }
  return child;
}

function newNode<Target>(): Node<Target> {
  return { children: new Map(), any: undefined, target: undefined };
}
