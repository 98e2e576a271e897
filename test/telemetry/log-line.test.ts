import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { pino, stdTimeFunctions } from 'pino';
import { createLogger, type Logger } from '#src/telemetry/log.js';
import { jsonFormat, prettyFormat } from '#src/telemetry/log-line.js';
import { Redactor } from '#src/telemetry/redact.js';

const secretive = { headers: { authorization: 'S3CRET', accept: '*/*' }, password: 'S3CRET' };

describe('jsonFormat', () => {
  it('writes the very lines of pino with level names and ISO times, for its tools', () => {
    const own: string[] = [];
    const pinos: string[] = [];
    const options = { level: 'trace', base: null, timestamp: stdTimeFunctions.isoTime };
    const formatters = { level: (level: string) => ({ level }) };
    const loggers: Logger[] = [
      createLogger({ level: 'trace', format: 'json', write: (line) => own.push(line) }),
      pino({ ...options, formatters }, { write: (line) => void pinos.push(line) }),
    ];
    for (const log of loggers) {
      log.info('plain');
      log.warn({ a: 1, nested: { b: [2, 'x'] } }, 'with fields');
      log.error({ err: new TypeError('wrong') }, 'failed');
      const child = log.child({ requestId: 'r', path: '/a' });
      child.debug({ status: 200 }, 'child');
      child.trace({ only: 'fields' });
    }
    const shapes = (lines: readonly string[]) =>
      lines.map((line) => {
        const { time, err, ...rest } = JSON.parse(line) as { time: string; err?: { stack: string } };
        assert.match(time, /^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
        return { ...rest, err: { ...err, stack: err?.stack.slice(0, 30) } };
      });
    assert.equal(own.length, 5);
    assert.deepEqual(shapes(own), shapes(pinos));
  });

  it('shows no secret of fields, of a child’s fields, or of an error in the message', () => {
    const format = jsonFormat(new Redactor());
    const err = new Error('GET https://u:S3CRET@host failed');
    const line = format('error', { token: 'S3CRET' }, { ...secretive, err }, `a handler failed: ${err.message}`);
    assert.ok(!line.includes('S3CRET'), line);
    assert.match(line, /"accept":"\*\/\*"/);
    assert.match(line, /"msg":"a handler failed: GET https:\/\/u:\[redacted\]@host failed"/);
  });
});

describe('prettyFormat', () => {
  it('shows no secrets either', () => {
    const format = prettyFormat(new Redactor(['ssn']));
    const line = format('error', { ssn: 'S3CRET' }, { ...secretive, err: new Error('Bearer S3CRETS3CRET') }, 'm');
    assert.ok(!line.includes('S3CRET'), line);
    assert.match(line, /^[\d:.]+ error m \{/);
  });
});
