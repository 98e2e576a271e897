// Rows 40-43 of the catalogue: events that are not what their class says.
import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { Type } from 'class-transformer';
import {
  IsArray,
  IsBase64,
  IsBoolean,
  IsDateString,
  IsEmail,
  IsInt,
  IsIP,
  IsISO8601,
  IsJSON,
  IsNumber,
  IsOptional,
  IsPhoneNumber,
  IsString,
  IsUrl,
  IsUUID,
  Matches,
  Max,
  Validate,
  ValidateNested,
  ValidatorConstraint,
} from 'class-validator';
import { Controller } from '#src/decorators/controller.js';
import { Http } from '#src/decorators/http.js';
import { post } from '../integration/http-raw-client.js';
import { catalogue, codeOf, SECRET } from './catalogue.js';

class Item {
  @IsInt() @Max(9) n!: number;
}
class Order {
  @IsString() name!: string;
  @IsArray() @ValidateNested({ each: true }) @Type(() => Item) items!: Item[];
}
class Numbers {
  @IsOptional() @IsInt() int?: number;
  @IsOptional() @IsNumber() number?: number;
  @IsOptional() @IsString() text?: string;
}
class Texts {
  @IsOptional() @IsEmail() email?: string;
  @IsOptional() @IsUrl() url?: string;
  @IsOptional() @IsUUID() uuid?: string;
  @IsOptional() @IsIP() ip?: string;
  @IsOptional() @IsISO8601() iso?: string;
  @IsOptional() @IsDateString() date?: string;
  @IsOptional() @IsJSON() json?: string;
  @IsOptional() @IsBase64() base64?: string;
  @IsOptional() @IsPhoneNumber('DE') phone?: string;
  @IsOptional() @IsBoolean() flag?: boolean;
  @IsOptional() @Matches(/^[a-z]{1,10}$/) word?: string;
}

@ValidatorConstraint({ async: true })
class Fails {
  async validate(value: unknown): Promise<boolean> {
    await Promise.resolve();
    if (value === 'throws') throw new Error('the validator failed');
    if (value === 'waits') return new Promise(() => undefined);
    return true;
  }
}
class Checked {
  @Validate(Fails) value!: string;
}

@Controller()
class Validated {
  @Http('POST', '/order') order(event: Order) {
    return event.items.length;
  }
  @Http('POST', '/numbers') numbers(event: Numbers) {
    return event;
  }
  @Http('POST', '/texts') texts(event: Texts) {
    return Object.keys(event);
  }
  @Http('POST', '/checked', { timeoutMs: 200 }) checked(event: Checked) {
    return event.value;
  }
}

const json = { 'Content-Type': 'application/json' };

interface Failure {
  path: string;
  rule: string;
}
const errorsOf = (body: string) => (JSON.parse(body) as { errors: Failure[] }).errors;

describe('the catalogue: validation', () => {
  const row = catalogue({ controllers: [Validated], unknown: 'reject' });

  row(40, 'null, an array, a number or unknown keys for an event are 400 and name their paths', async (server) => {
    for (const body of ['null', '[]', '[{}]', '1', '"text"', 'true']) {
      const response = await server.refuses(post('/order', body, json), 400, 'VALIDATION_FAILED');
      assert.ok(errorsOf(response.body).length > 0);
    }
    const response = await server.ask(
      post('/order', `{"name":"a","items":[{"n":1},{"n":"${SECRET}","x":1}],"more":1}`, json),
    );
    assert.equal(response.status, 400);
    assert.doesNotMatch(response.body, new RegExp(SECRET));
    const paths = errorsOf(response.body).map(({ path, rule }) => `${path} ${rule}`);
    assert.ok(paths.includes('items[1].x whitelistValidation'), paths.join());
    assert.ok(paths.includes('items[1].n isInt'), paths.join());
    assert.ok(paths.includes('more whitelistValidation'), paths.join());
    // `[[]]` passes: a list of no items within the list is what class-validator takes for valid, and it decides.
    for (const items of ['null', '{}', '"x"', '[null]', '[[1]]', '[1]', '{"0":{"n":1},"length":1}']) {
      await server.refuses(post('/order', `{"name":"a","items":${items}}`, json), 400, 'VALIDATION_FAILED');
    }
  });

  row(41, '50,000 bad items are 400 with at most 100 errors', async (server) => {
    const items = Array.from({ length: 50_000 }, () => '{"n":"x"}').join(',');
    const response = await server.refuses(
      post('/order', `{"name":"a","items":[${items}]}`, json),
      400,
      'VALIDATION_FAILED',
    );
    assert.equal(errorsOf(response.body).length, 100); // docs/design.md, section 4
    assert.ok(response.body.length < 16 * 1024, `${response.body.length}`);
  });

  row(
    42,
    'a custom validator that throws is 500 and logged, one that never ends 504',
    async (server) => {
      const thrown = await server.ask(post('/checked', '{"value":"throws"}', json));
      assert.equal(`${thrown.status} ${codeOf(thrown)}`, '500 INTERNAL');
      assert.doesNotMatch(thrown.body, /the validator failed/);
      assert.equal(server.errors.length, 1);
      const waiting = await server.ask(post('/checked', '{"value":"waits"}', json));
      assert.equal(`${waiting.status} ${codeOf(waiting)}`, '504 HANDLER_TIMEOUT'); // docs/results-and-errors.md, not 503
      assert.equal(server.errors.length, 2);
    },
    { logsErrors: true },
  );

  row(43, 'numbers and texts at the edge are as JSON has them, and take no time', async (server) => {
    const numbers = async (body: string) => {
      const response = await server.ask(post('/numbers', body, json));
      return response.status === 200 ? response.body : codeOf(response);
    };
    assert.equal(await numbers('{"number":1e400}'), 'VALIDATION_FAILED');
    assert.equal(await numbers('{"int":1e400}'), 'VALIDATION_FAILED');
    assert.equal(await numbers('{"int":-0}'), '{"int":0}');
    assert.equal(await numbers('{"int":"5"}'), 'VALIDATION_FAILED');
    assert.equal(await numbers('{"int":9007199254740993}'), '{"int":9007199254740992}'); // what JSON.parse makes of it
    assert.equal(await numbers('{"text":"\\ud800"}'), '{"text":"\\ud800"}');
    assert.equal(await numbers('{"text":5}'), 'VALIDATION_FAILED');
    const long = 1_000_000;
    for (const property of ['email', 'url', 'uuid', 'ip', 'iso', 'date', 'json', 'base64', 'phone', 'word', 'flag']) {
      for (const piece of ['a', '@', '1.', '0:', '=', ' ', '-', '[', '\\u0000', '\\ud83d']) {
        const value = piece.repeat(Math.floor(long / piece.length));
        const { status } = await server.ask(post('/texts', `{"${property}":"${value}"}`, json));
        assert.ok(status === 400 || status === 200, `${property} ${piece}: ${status}`);
      }
    }
  });
});
