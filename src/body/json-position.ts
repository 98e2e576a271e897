/** Where a text stops being JSON, and what should have stood there. */
export interface JsonFault {
  /** Counted from 1. */
  readonly line: number;
  /** Counted from 1, in UTF-16 units, as editors do. */
  readonly column: number;
  /** Counted from 0, in UTF-16 units. */
  readonly offset: number;
  readonly expected: string;
}

/**
 * Finds the first fault of a text that `JSON.parse` refuses; `undefined` for a text that it takes (RFC 8259). Its own
 * message has no position on Node 20, and quotes the text. Runs only after a failure; does not recurse.
 */
export function findJsonFault(text: string): JsonFault | undefined {
  const scan = new JsonScan(text);
  if (scan.isJson()) return undefined;
  const lineStart = text.lastIndexOf('\n', scan.at - 1) + 1;
  let line = 1;
  for (let at = text.indexOf('\n'); at !== -1 && at < scan.at; at = text.indexOf('\n', at + 1)) line += 1;
  return {
    line,
    column: scan.at === 0 ? 1 : scan.at - lineStart + 1,
    offset: scan.at,
    expected: scan.expected,
  };
}

type Container = '{' | '[';

/** Each method moves `at` over what it names and says whether it was there; if not, `at` is at the fault. */
class JsonScan {
  at = 0;
  expected = '';
  private readonly containers: Container[] = [];

  constructor(private readonly text: string) {}

  isJson(): boolean {
    for (;;) {
      const opened = this.openContainers();
      if (opened === undefined) return false;
      if (opened && !this.scalar()) return false;
      const more = this.closeContainers();
      if (more !== 'value') return more === 'end';
    }
  }

  /** Steps into arrays and objects up to the next value: true when a scalar must follow, false after an empty one. */
  private openContainers(): boolean | undefined {
    for (;;) {
      this.space();
      const char = this.text[this.at];
      if (char !== '{' && char !== '[') return true;
      this.at += 1;
      this.space();
      if (this.text[this.at] === closerOf(char)) {
        this.at += 1;
        return false;
      }
      this.containers.push(char);
      if (char === '{' && !this.key("a property name in double quotes or '}'")) return undefined;
    }
  }

  /** Steps over what may follow a value, up to the next value, the end or a fault. */
  private closeContainers(): 'value' | 'end' | 'fault' {
    for (;;) {
      this.space();
      const container = this.containers.at(-1);
      const char = this.text[this.at];
      if (container === undefined) {
        if (this.at === this.text.length) return 'end';
        this.miss('the end of the text');
        return 'fault';
      }
      if (char === ',') {
        this.at += 1;
        this.space();
        return container === '[' || this.key('a property name in double quotes') ? 'value' : 'fault';
      }
      if (char !== closerOf(container)) {
        this.miss(`',' or '${closerOf(container)}'`);
        return 'fault';
      }
      this.at += 1;
      this.containers.pop();
    }
  }

  private key(expected: string): boolean {
    if (this.text[this.at] !== '"') return this.miss(expected);
    if (!this.string()) return false;
    this.space();
    if (this.text[this.at] !== ':') return this.miss("':'");
    this.at += 1;
    return true;
  }

  private scalar(): boolean {
    const char = this.text[this.at];
    if (char === '"') return this.string();
    if (char === '-' || isDigit(char)) return this.number();
    if (char === 't') return this.word('true');
    if (char === 'f') return this.word('false');
    if (char === 'n') return this.word('null');
    return this.miss('a value');
  }

  private word(word: string): boolean {
    for (const char of word) {
      if (this.text[this.at] !== char) return this.miss(word);
      this.at += 1;
    }
    return true;
  }

  private number(): boolean {
    if (this.text[this.at] === '-') this.at += 1;
    if (this.text[this.at] === '0') this.at += 1;
    else if (!this.digits()) return false;
    if (this.text[this.at] === '.') {
      this.at += 1;
      if (!this.digits()) return false;
    }
    if (this.text[this.at] === 'e' || this.text[this.at] === 'E') {
      this.at += 1;
      if (this.text[this.at] === '+' || this.text[this.at] === '-') this.at += 1;
      return this.digits();
    }
    return true;
  }

  private digits(): boolean {
    if (!isDigit(this.text[this.at])) return this.miss('a digit');
    while (isDigit(this.text[this.at])) this.at += 1;
    return true;
  }

  private string(): boolean {
    this.at += 1;
    for (;;) {
      const char = this.text[this.at];
      if (char === undefined) return this.miss("'\"'");
      if (char < ' ') return this.miss('an escape in the place of a control character');
      this.at += 1;
      if (char === '"') return true;
      if (char === '\\' && !this.escape()) return false;
    }
  }

  private escape(): boolean {
    const char = this.text[this.at];
    if (char === undefined || !'"\\/bfnrtu'.includes(char)) return this.miss('an escape of JSON');
    this.at += 1;
    if (char !== 'u') return true;
    for (const end = this.at + 4; this.at < end; this.at += 1) {
      if (!isHexDigit(this.text[this.at])) return this.miss('a hexadecimal digit');
    }
    return true;
  }

  private space(): void {
    for (;;) {
      const char = this.text[this.at];
      if (char !== ' ' && char !== '\n' && char !== '\r' && char !== '\t') return;
      this.at += 1;
    }
  }

  private miss(expected: string): false {
    this.expected = expected;
    return false;
  }
}

function closerOf(container: Container): '}' | ']' {
  return container === '{' ? '}' : ']';
}

function isDigit(char: string | undefined): boolean {
  return char !== undefined && char >= '0' && char <= '9';
}

function isHexDigit(char: string | undefined): boolean {
  return isDigit(char) || (char !== undefined && ((char >= 'a' && char <= 'f') || (char >= 'A' && char <= 'F')));
}
