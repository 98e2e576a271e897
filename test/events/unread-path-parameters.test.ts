import 'reflect-metadata';
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { describe, it } from 'node:test';
import { promisify } from 'node:util';
import { Expose, Transform } from 'class-transformer';
import { IsInt } from 'class-validator';
import { FromPath, FromQuery } from '#src/decorators/from.js';
import { unreadPathParameters } from '#src/events/unread-path-parameters.js';

class Reader {
  @IsInt() ruled!: number;
  @FromPath() sourced!: string;
  @FromPath('named') other!: string;
  @Transform(({ value }) => value as unknown) transformed!: string;
  @Expose({ name: 'exposed_name' }) exposed!: string;
  @FromQuery() @IsInt() elsewhere!: number;
  undecorated!: string;
}

describe('unreadPathParameters', () => {
  it('are those that no decorator of any kind reads', () => {
    class Inheriting extends Reader {}
    const parameters = [
      'ruled',
      'sourced',
      'named',
      'transformed',
      'exposed_name',
      'other',
      'elsewhere',
      'undecorated',
    ];
    for (const eventClass of [Reader, Inheriting]) {
      assert.deepEqual(unreadPathParameters(eventClass, parameters), ['other', 'elsewhere', 'undecorated']);
    }
    assert.deepEqual(unreadPathParameters(Reader, []), []);
  });

  it('are found without loading either library where the class uses neither', async () => {
    const script = `
      import { createRequire } from 'node:module';
      import { FromPath } from '#src/decorators/from.js';
      import { planEvent } from '#src/events/event-plan.js';
      class Find {}
      FromPath()(Find.prototype, 'id');
      const plan = planEvent({ eventClass: Find, pathParameters: ['id'], methodHasBody: true, options: { unknown: 'strip' } });
      if (plan.unreadPathParameters.length > 0) throw new Error('unread');
      const loaded = Object.keys(createRequire(import.meta.url).cache);
      console.log(JSON.stringify(loaded.filter((file) => /class-(validator|transformer)/.test(file))));`;
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script]);
    assert.deepEqual(JSON.parse(stdout), []);
  });
});
