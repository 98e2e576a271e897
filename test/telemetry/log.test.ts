import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { createLogger, LOG_LEVELS, type Logger, type LogLevel } from '#src/telemetry/log.js';

function recording(format: 'json' | 'pretty' = 'json', level: LogLevel = 'trace'): { log: Logger; lines: string[] } {
  const lines: string[] = [];
  return { log: createLogger({ level, format, write: (line) => lines.push(line) }), lines };
}

function only(lines: readonly string[]): Record<string, unknown> {
  assert.equal(lines.length, 1);
  assert.match(lines[0] ?? '', /^\{.*\}\n$/);
  return JSON.parse(lines[0] ?? '') as Record<string, unknown>;
}

describe('The log as JSON', () => {
  it('writes one line an entry: level, time, fields and message', () => {
    const { log, lines } = recording();
    log.info({ port: 9000 }, 'ready\nnow');
    const { time, ...entry } = only(lines);
    assert.deepEqual(entry, { level: 'info', port: 9000, msg: 'ready\nnow' });
    assert.ok(!Number.isNaN(Date.parse(String(time))));
  });

  it('takes a message alone, fields alone, and an error in the place of fields', () => {
    const { log, lines } = recording();
    log.warn('alone');
    log.warn({ a: 1 });
    log.warn(new TypeError('wrong'), 'with an error');
    const [alone, fields, error] = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    assert.equal(alone?.['msg'], 'alone');
    assert.deepEqual([fields?.['a'], 'msg' in (fields ?? {})], [1, false]);
    const shown = error?.['err'] as Record<string, string> | undefined;
    assert.deepEqual([shown?.['type'], shown?.['message']], ['TypeError', 'wrong']);
    assert.match(shown?.['stack'] ?? '', /log\.test/);
  });

  it('writes only levels of enough weight, in a child as well, and nothing when silent', () => {
    for (const [index, level] of LOG_LEVELS.entries()) {
      const { log, lines } = recording('json', level);
      for (const each of [log, log.child({ a: 1 })]) {
        for (const name of ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const) each[name](name);
      }
      assert.equal(lines.length, 2 * (6 - index), level);
    }
  });

  it('puts a child’s fields into each of its lines, a grandchild’s too', () => {
    const { log, lines } = recording();
    log.child({ requestId: '1', a: 1 }).child({ a: 2 }).info({ b: 3 }, 'x');
    const { requestId, a, b } = only(lines);
    assert.deepEqual([requestId, a, b], ['1', 2, 3]);
  });

  it('shows what caused an error and what it was made of, and ends where errors cause each other', () => {
    const { log, lines } = recording();
    const refused = Object.assign(new Error('connect ECONNREFUSED ::1:6379'), { code: 'ECONNREFUSED' });
    const inner = new AggregateError([refused, 'text'], '');
    const outer = new Error('no database', { cause: inner });
    inner.cause = outer;
    log.error({ err: outer }, 'failed');
    const { err } = only(lines) as { err: { cause: { errors: string[]; cause: { message: string } } } };
    assert.deepEqual(err.cause.errors, ['Error: connect ECONNREFUSED ::1:6379', 'text']);
    assert.equal(err.cause.cause.message, 'no database');
  });

  it('takes causes of any kind', () => {
    const { log, lines } = recording();
    for (const cause of [null, 'text', 5n, Object.create(null) as object, Symbol('s')]) {
      log.error({ err: new Error('x', { cause }) }, 'failed');
    }
    assert.equal(lines.length, 5);
    for (const line of lines) assert.ok('cause' in (JSON.parse(line) as { err: object }).err, line);
  });

  it('loses no line to an error that fails when it is looked at, alone or as a cause', () => {
    for (const format of ['json', 'pretty'] as const) {
      const { log, lines } = recording(format);
      for (const property of ['name', 'message', 'stack', 'cause']) {
        const get = () => assert.fail('a getter of its own');
        const error = Object.defineProperty(new Error('hostile'), property, { get });
        log.error({ err: error }, 'alone');
        log.error({ err: new Error('outer', { cause: error }) }, 'outer');
      }
      const { proxy, revoke } = Proxy.revocable({}, {});
      revoke();
      log.error({ err: proxy }, 'revoked');
      assert.equal(lines.length, 9);
      for (const line of lines) assert.match(line, /alone|outer|revoked/);
    }
  });

  it('loses no line to a value that JSON cannot hold', () => {
    const { log, lines } = recording();
    const circle: Record<string, unknown> = {};
    circle['self'] = circle;
    const child = log.child({ requestId: '1' });
    child.info({ circle }, 'circle');
    child.info({ big: 5n }, 'bigint');
    child.info({ toJSON: 1, bad: { toJSON: () => assert.fail('no') } }, 'throws');
    const [first, second, third] = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    assert.deepEqual([first?.['msg'], first?.['requestId']], ['circle', '1']);
    assert.match(String(first?.['logError']), /circular/);
    assert.equal(second?.['big'], '5');
    assert.equal(third?.['msg'], 'throws');
  });
});

describe('The log for a person', () => {
  it('writes time, level, message, fields and the stacks of an error and its causes', () => {
    const { log, lines } = recording('pretty');
    log
      .child({ requestId: '1' })
      .error({ err: new Error('outer', { cause: new RangeError('inner') }), a: 2 }, 'failed');
    const [line] = lines;
    assert.match(line ?? '', /^\d\d:\d\d:\d\d\.\d{3} error failed \{"requestId":"1","a":2\}\nError: outer\n {4}at /);
    assert.match(line ?? '', /\n {2}caused by RangeError: inner\n/);
    log.info('plain');
    assert.match(lines[1] ?? '', /^[\d:.]+ info {2}plain\n$/);
  });

  it('shows an error in the place of fields, and ends where errors cause each other', () => {
    const { log, lines } = recording('pretty');
    const error = new AggregateError([new Error('one')], 'several');
    error.cause = error;
    log.error(error, 'failed');
    assert.match(
      lines[0] ?? '',
      /failed\nAggregateError: several\n[^]*\n {2}one of Error: one\n {2}caused by AggregateError/,
    );
  });
});
