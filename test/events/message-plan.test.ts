import 'reflect-metadata';
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Expose, Type } from 'class-transformer';
import { IsDate, IsIn, IsInt, IsOptional, IsString, ValidateNested } from 'class-validator';
import { FromPath } from '#src/decorators/from.js';
import { planMessage } from '#src/events/event-plan.js';
import { errorsOf } from './failure-of.js';

class Say {
  @IsString() text!: string;
  @FromPath() @Expose({ name: 'shown', toPlainOnly: true }) @IsOptional() @IsString() room?: string;
}
class Point {
  @IsInt() x!: number;
}
class Move {
  @IsIn(['move']) type!: string;
  @ValidateNested() @Type(() => Point) to!: Point;
  @IsOptional() @IsDate() @Type(() => Date) at?: Date;
}

describe('planMessage', () => {
  it('makes an instance of a message', async () => {
    const event = await planMessage(Move, { unknown: 'reject' }).read({ type: 'move', to: { x: 1 }, at: '2026-11-23' });
    assert.ok(event instanceof Move && event.to instanceof Point && event.at instanceof Date);
    assert.equal(event.type, 'move');
  });

  it("keeps the envelope's keys from a class that does not declare them, and never calls them unknown", async () => {
    for (const unknown of ['strip', 'reject', 'keep'] as const) {
      const event = await planMessage(Say, { unknown }).read({ type: 'say', id: 7, text: 'hi' });
      assert.deepEqual({ ...event }, { text: 'hi' });
    }
    const errors = await errorsOf(() =>
      planMessage(Move, { unknown: 'reject' }).read({ id: 1, type: 'x', to: {}, more: 1 }),
    );
    assert.deepEqual(
      errors.map(({ path, rule }) => [path, rule]),
      [
        ['more', 'whitelistValidation'],
        ['type', 'isIn'],
        ['to.x', 'isInt'],
      ],
    );
  });

  it('lets no message fill a property of a request', async () => {
    const event = await planMessage(Say, { unknown: 'keep' }).read({ text: 'hi', room: 'forged', shown: 'forged' });
    assert.deepEqual({ ...event }, { text: 'hi' });
  });

  it('says that errors are in the message', async () => {
    assert.deepEqual(await errorsOf(() => planMessage(Say, { unknown: 'strip' }).read({ text: 5 })), [
      { in: 'message', path: 'text', rule: 'isString', message: 'text must be a string' },
    ]);
  });

  it('takes nothing but objects', async () => {
    for (const value of [null, undefined, [], 'text', 5]) {
      assert.deepEqual(await errorsOf(() => planMessage(Say, { unknown: 'strip' }).read(value)), [
        { in: 'message', path: '', rule: 'object', message: 'the message must be a JSON object' },
      ]);
    }
  });

  it('does not change the message', async () => {
    const message = Object.freeze({ type: 'say', text: 'hi' });
    await planMessage(Say, { unknown: 'strip' }).read(message);
    assert.deepEqual(message, { type: 'say', text: 'hi' });
  });
});
