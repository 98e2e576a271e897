/** One event of an event stream, as its text says. */
export interface ParsedEvent {
  /** `message` where the stream names none. */
  readonly event: string;
  readonly data: string;
  /** The last id that the stream has given; empty where it has given none. */
  readonly id: string;
}

/** What outlasts one connection of an event stream. */
export interface StreamProgress {
  /** The id of the last event, as a client gives it when it reconnects. */
  id: string;
  /** Milliseconds to wait before reconnecting, where the server has said so. */
  retry?: number | undefined;
}

/**
 * Makes a reader of one `text/event-stream`, as WHATWG HTML, section 9.2.6 has it, however its bytes are cut: called with
 * each chunk, it returns the events that have become whole. Lines end with CR, LF or CRLF; one byte order mark at the
 * start is skipped; an event that is not ended by an empty line is dropped.
 */
export function eventParser(progress: StreamProgress): (chunk: Uint8Array) => ParsedEvent[] {
  // Keeps the bytes of a character that was cut, and takes the byte order mark away.
  const decoder = new TextDecoder();
  let rest = '';
  let afterReturn = false;
  let event = '';
  let data = '';
  let { id } = progress;
  return (chunk) => {
    const events: ParsedEvent[] = [];
    let text = decoder.decode(chunk, { stream: true });
    if (text === '') return events;
    // The CR has ended its line at once, whatever follows: to wait for an LF would hold the event back.
    if (afterReturn) text = text.replace(/^\n/, '');
    afterReturn = text.endsWith('\r');
    const lines = (rest + text).split(/\r\n?|\n/);
    rest = lines.pop() as string; // there is one always
    for (const line of lines) {
      // It matches every line.
      const [, name, value = ''] = /^([^:]*):? ?([^]*)/.exec(line) as RegExpExecArray;
      if (line === '') {
        progress.id = id;
        if (data !== '') events.push({ event: event || 'message', data: data.slice(0, -1), id });
        event = data = '';
      } else if (name === 'data') data += `${value}\n`;
      else if (name === 'event') event = value;
      else if (name === 'id' && !value.includes('\0')) id = value;
      else if (name === 'retry' && /^\d+$/.test(value)) progress.retry = +value;
    }
    return events;
  };
}
