import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { eventParser, type ParsedEvent, type StreamProgress } from '#src/client/event-parser.js';
import { encodeEvent } from '#src/server/sse-encoding.js';

/** What a stream of these chunks says, and what is left for the next connection. */
function read(...chunks: (string | Uint8Array)[]): { events: ParsedEvent[]; progress: StreamProgress } {
  const progress: StreamProgress = { id: '' };
  const parse = eventParser(progress);
  const events = chunks.flatMap((chunk) => parse(typeof chunk === 'string' ? Buffer.from(chunk) : chunk));
  return { events, progress };
}

function message(data: string, id = ''): ParsedEvent {
  return { event: 'message', data, id };
}

describe('eventParser', () => {
  // The examples of WHATWG HTML, section 9.2.6.
  it('joins the data lines of an event', () => {
    assert.deepEqual(read('data: YHOO\ndata: +2\ndata: 10\n\n').events, [message('YHOO\n+2\n10')]);
  });

  it('keeps an id until another is given, and resets it by an empty one', () => {
    const text = ': test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event\n\n';
    const { events, progress } = read(text);
    assert.deepEqual(events, [message('first event', '1'), message('second event'), message(' third event')]);
    assert.equal(progress.id, '');
  });

  it('dispatches empty data lines and drops an event that is not ended', () => {
    assert.deepEqual(read('data\n\ndata\ndata\n\ndata:').events, [message(''), message('\n')]);
  });

  it('takes away one space after the colon and no more', () => {
    assert.deepEqual(read('data:test\n\ndata: test\n\ndata:  test\n\n').events, [
      message('test'),
      message('test'),
      message(' test'),
    ]);
  });

  it('drops an event without data, its name with it, but keeps its id', () => {
    const { events, progress } = read('event: a\nid: 3\n\ndata: b\n\n');
    assert.deepEqual(events, [message('b', '3')]);
    assert.equal(progress.id, '3');
  });

  it('takes no id of an event that was cut off', () => {
    assert.equal(read('id: 1\ndata: a\n\nid: 2\ndata: b\n').progress.id, '1');
  });

  it('ignores an id with NUL, a retry that is no number, other fields and comments', () => {
    const { events, progress } = read('id: 1\0\nretry: 5s\nretry: 1e3\nnonsense: x\n:id: 9\nid : 8\ndata: a\n\n');
    assert.deepEqual(events, [message('a')]);
    assert.equal(progress.retry, undefined);
    assert.equal(read('retry: 250\n').progress.retry, 250);
  });

  it('skips one byte order mark at the start, and no other', () => {
    assert.deepEqual(read('\uFEFFdata: a\n\n\uFEFFdata: b\n\ndata: c\n\n').events, [message('a'), message('c')]);
  });

  it('ends a line with CR at once, and takes an LF in the next chunk as of the same break', () => {
    const parse = eventParser({ id: '' });
    assert.deepEqual(parse(Buffer.from('data: a\r\r')), [message('a')]);
    assert.deepEqual(parse(Buffer.from('\ndata: b\r')), []);
    assert.deepEqual(parse(Buffer.from('\n')), []);
    assert.deepEqual(parse(Buffer.from('\n')), [message('b')]);
  });

  it('goes on with the id of the connection before', () => {
    const progress: StreamProgress = { id: '7' };
    assert.deepEqual(eventParser(progress)(Buffer.from('data: a\n\n')), [message('a', '7')]);
    assert.equal(progress.id, '7');
  });

  it('says the same however the bytes are cut and the lines end', () => {
    const field = fc.constantFrom('data', 'event', 'id', 'retry', '', 'other');
    const value = fc.oneof(fc.string({ unit: 'grapheme', maxLength: 5 }), fc.constantFrom('1', '', ' ', 'ü€😀', ':'));
    const clean = value.map((text) => text.replace(/[\r\n\0\uFEFF]/g, ''));
    const line = fc.oneof(
      fc.constant(''),
      fc.tuple(field, clean, fc.constantFrom(':', ': ', '')).map(([name, text, colon]) => `${name}${colon}${text}`),
    );
    const cuts = fc.array(fc.nat(200), { maxLength: 12 });
    const ends = fc.array(fc.constantFrom('\n', '\r', '\r\n'), { minLength: 1 });
    fc.assert(
      fc.property(fc.array(line, { maxLength: 20 }), ends, cuts, (lines, breaks, at) => {
        const uniform = lines.map((text) => text + (breaks[0] ?? '\n')).join('');
        const mixed = lines.map((text, index) => text + (breaks[index % breaks.length] ?? '\n')).join('');
        for (const text of [uniform, mixed]) {
          const bytes = Buffer.from(text);
          const places = [0, ...at.map((place) => place % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
          const chunks = places.slice(1).map((end, index) => bytes.subarray(places[index], end));
          assert.deepEqual(read(...chunks), read(bytes));
        }
        // Mixed, a CR and the LF of an empty line after it are one break.
        assert.deepEqual(read(uniform), read(lines.map((text) => `${text}\n`).join('')));
      }),
      { numRuns: 300 },
    );
  });

  it('reads back what the server writes', () => {
    const text = fc.string({ unit: 'grapheme' });
    const name = text.map((value) => value.replace(/[\r\n\0]/g, '')).filter((value) => value !== '');
    fc.assert(
      fc.property(text, name, name, (data, event, id) => {
        const { events } = read(encodeEvent({ data, event, id }));
        assert.deepEqual(events, [{ data: data.replace(/\r\n?/g, '\n'), event, id }]);
      }),
      { numRuns: 300 },
    );
  });
});
