const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

/**
 * Whether arrays and objects are nested in each other more than `maxDepth` levels deep: `[]` has one level. It does
 * not recurse, so that no text can exhaust the stack, and takes any text, JSON or not.
 */
export function exceedsJsonDepth(text: string, maxDepth: number): boolean {
  // Each level opens and closes: text shorter than that is either shallow or not JSON.
  if (text.length < 2 * (maxDepth + 1)) return false;
  return hasMoreOpenersThan(text, maxDepth) && isDeeperThan(text, maxDepth);
}

/** Searching for a character is far faster than looking at each, and most bodies have few brackets. */
function hasMoreOpenersThan(text: string, count: number): boolean {
  let left = count;
  for (const opener of ['{', '[']) {
    for (let at = text.indexOf(opener); at !== -1; at = text.indexOf(opener, at + 1)) {
      left -= 1;
      if (left < 0) return true;
    }
  }
  return false;
}

function isDeeperThan(text: string, maxDepth: number): boolean {
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    const char = text.charCodeAt(at);
    if (char === QUOTE) {
      at = endOfString(text, at + 1);
    } else if (char === OPEN_BRACKET || char === OPEN_BRACE) {
      depth += 1;
      if (depth > maxDepth) return true;
    } else if (char === CLOSE_BRACKET || char === CLOSE_BRACE) {
      depth -= 1;
    }
  }
  return false;
}

/** The place of the quote that ends a string, or the end of the text. */
function endOfString(text: string, start: number): number {
  for (let at = start; at < text.length; at += 1) {
    const char = text.charCodeAt(at);
    if (char === QUOTE) return at;
    if (char === BACKSLASH) at += 1;
  }
  return text.length;
}
